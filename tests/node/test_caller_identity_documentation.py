"""The examples of docs/caller-identity.md are what the readers of these files take."""

from __future__ import annotations

import re
from pathlib import Path

from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.config.stir_shaken import read_stir_shaken
from switchroom.dialplan.parser import parse_dialplan

PAGE = Path(__file__).parent.parent.parent / "docs" / "caller-identity.md"


def examples(name: str) -> list[str]:
    """The indented blocks that begin with a file's name."""
    blocks = re.findall(r"(?:^    .*\n)+", PAGE.read_text(), re.MULTILINE)
    return [each for each in blocks if each.strip().startswith(f"; {name}")]


def test_stir_shaken_conf() -> None:
    found = [read_stir_shaken(parse_config(each)) for each in examples("stir_shaken.conf")]
    signing, looking = found
    assert signing.warnings == looking.warnings == ()
    assert signing.attestation_of("12155551212", None).level == "A"
    assert signing.attestation_of("4930", None).level == "C"
    assert looking.profiles["strict"].behaviour == "on"


def test_the_files_beside_it() -> None:
    found = [read_pjsip(parse_config(each)) for each in examples("pjsip.conf")]
    assert [each.warnings for each in found] == [(), ()]
    (text,) = examples("extensions.conf")
    assert parse_dialplan(parse_config(text)).contexts.keys() == {"from-carrier"}
