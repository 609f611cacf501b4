"""The examples of docs/caller-location.md are what the readers of these files take."""

from __future__ import annotations

import re
from pathlib import Path

from switchroom.config.geolocation import read_geolocation
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.dialplan.parser import parse_dialplan

PAGE = Path(__file__).parent.parent.parent / "docs" / "caller-location.md"


def example(name: str) -> str:
    """The indented block that begins with a file's name."""
    blocks = re.findall(r"(?:^    .*\n)+", PAGE.read_text(), re.MULTILINE)
    (found,) = [each for each in blocks if each.strip().startswith(f"; {name}")]
    return str(found)


def test_the_files() -> None:
    config = read_geolocation(parse_config(example("geolocation.conf")))
    assert config.warnings == ()
    assert {"desk", "roof", "service"} <= config.profiles.keys()
    pjsip = read_pjsip(parse_config(example("pjsip.conf")))
    assert pjsip.warnings == ()
    named = {
        each.options.text(f"geoloc_{way}_call_profile")
        for each in pjsip.endpoints.values()
        for way in ("incoming", "outgoing")
    }
    assert named - {""} <= config.profiles.keys()
    dialplan = parse_dialplan(parse_config(example("extensions.conf")))
    assert dialplan.contexts.keys() == {"emergency"}
