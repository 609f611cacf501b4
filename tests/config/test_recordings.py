"""recordings.conf."""

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.reader import parse_config
from switchroom.config.recordings import RecordingsConfig, read_recordings


def test_what_is_said_and_what_is_not() -> None:
    text = "[general]\nkeep_days=0.5\nkeep_gigabytes=2\nupload= cp {file} /x \nevery=0\n"
    found = read_recordings(parse_config(text))
    assert found == RecordingsConfig(43_200.0, 2_000_000_000, "cp {file} /x", every=1.0)
    assert found.has_work
    assert not read_recordings(parse_config("[other]\n")).has_work
    with pytest.raises(ConfigError):
        read_recordings(parse_config("[general]\nkeep_day=1\n"))
