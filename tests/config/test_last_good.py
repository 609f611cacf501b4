from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.language.last_good import LastGood
from switchroom.config.language.reader import read_config
from switchroom.config.rtp import read_rtp


def test_a_bad_reload_keeps_what_was(tmp_path: Path) -> None:
    path = tmp_path / "rtp.conf"
    path.write_text("[general]\nrtpstart=10000\n")
    config = LastGood(lambda: read_rtp(read_config(path)))
    path.write_text("[general]\nrtpstart=oops\n")
    with pytest.raises(ConfigError, match="rtpstart"):
        config.reload()
    assert config.value.first_port == 10000
    path.write_text("[general]\nrtpstart=12000\n")
    assert config.reload().first_port == config.value.first_port == 12000
