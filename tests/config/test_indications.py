"""indications.conf and musiconhold.conf."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.indications import IndicationsConfig, read_indications
from switchroom.config.language.reader import parse_config
from switchroom.config.musiconhold import MusicMode, read_musiconhold


def indications(text: str) -> IndicationsConfig:
    return read_indications(parse_config(text, path=Path("indications.conf")))


def test_without_a_file_there_is_no_zone_and_yet_a_tone() -> None:
    config = IndicationsConfig()
    assert config.zone("us") is None
    assert config.default.tone("busy") == "480+620/500,0/500"


def test_a_country_says_what_it_has_and_the_rest_is_built_in() -> None:
    config = indications(
        "[general]\ncountry = DE\n[de]\ndescription = Here\nringcadence = 1000,4000\nbusy = 425/100\n"
        "[xx]\nring = 400/1000\n[yy]\nalias = de\n"
    )
    assert config.warnings == ()
    assert config.default.name == "de"
    assert config.default.ring_cadence == (1000, 4000)
    assert config.default.tone("BUSY") == "425/100"
    assert config.default.tone("ringing") == config.default.tone("ring") == "425/1000,0/4000"
    other = config.zone("xx")
    assert other is not None
    assert (other.tone("ringing"), other.tone("busy")) == ("400/1000", "")
    alias = config.zone("yy")
    assert alias is not None
    assert alias.tone("busy") == "425/100"
    assert config.zone("fr") is not None
    assert config.zone("zz") is None


def test_what_there_is_not_is_told() -> None:
    config = indications("[general]\ncountry = zz\n[yy]\nalias = zz\n")
    assert [warning.line for warning in config.warnings] == [3, 2]
    assert config.default.name == "us"


def test_classes_of_music() -> None:
    config = read_musiconhold(
        parse_config(
            "[general]\npreferchannelclass = no\n[default]\nmode = files\ndirectory = moh\nsort = random\n"
            "[list]\nmode = playlist\nentry = /a.wav\nentry = b\n"
            "[stream]\nmode = custom\napplication = /bin/cat\nformat = ulaw\n[old]\nmode = quietmp3\nrandom = yes\n"
        )
    )
    assert not config.prefers_channel_class
    assert {name: each.mode for name, each in config.classes.items()} == {
        "default": MusicMode.FILES,
        "list": MusicMode.PLAYLIST,
        "stream": MusicMode.CUSTOM,
        "old": MusicMode.FILES,
    }
    assert config.classes["list"].entries == ("/a.wav", "b")
    assert config.classes["stream"].format == "ulaw"
    assert config.classes["old"].sort == config.classes["default"].sort == "random"


@pytest.mark.parametrize(
    "wrong", ["mode = tape", "mode = custom", "sort = loudest", "colour = red"]
)
def test_a_class_that_cannot_be(wrong: str) -> None:
    with pytest.raises(ConfigError):
        read_musiconhold(parse_config(f"[default]\n{wrong}\n"))
