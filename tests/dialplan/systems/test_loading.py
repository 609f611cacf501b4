"""Whole dialplans in the manner of three well-known systems load, and read back the same."""

import re
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import load_asterisk_conf
from switchroom.config.language.reader import parse_config, read_config
from switchroom.dialplan.listing import list_dialplan
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.old_syntax import Syntax
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.writing import as_extensions_conf

HERE = Path(__file__).parent
SYSTEMS = ("freepbx", "vicidial", "wazo")


def load(system: str, now: float = 0.0) -> Dialplan:
    compatibility = load_asterisk_conf(HERE / system).compatibility
    syntax = Syntax(pipes=compatibility.pbx_realtime, set_many=compatibility.app_set)
    file = read_config(HERE / system / "extensions.conf")
    return parse_dialplan(file, syntax=syntax, clock=lambda: now)


def sizes(dialplan: Dialplan) -> tuple[int, int, int]:
    extensions = [e for c in dialplan.contexts.values() for e in c.extensions.values()]
    return len(dialplan.contexts), len(extensions), sum(len(e.priorities) for e in extensions)


def test_they_are_as_large_as_they_seem() -> None:
    assert {system: sizes(load(system)) for system in SYSTEMS} == {
        "freepbx": (92, 572, 2207),
        "vicidial": (8, 229, 686),
        "wazo": (25, 145, 444),
    }


def test_warnings_are_those_expected() -> None:
    seen = {
        system: [re.sub(r"\(.*\)", "()", warning.message) for warning in load(system).warnings]
        for system in SYSTEMS
    }
    assert seen == {
        "freepbx": [
            *(
                f"s@macro-outisbusy has a priority {n} already (): this one is ignored"
                for n in (1, 2, 3)
            ),
            *(
                f"[app-announcement-{n}] includes [app-announcement-{n}-custom], which there is not"
                for n in range(3)
            ),
        ],
        "vicidial": [],
        "wazo": [],
    }


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_is_written_reads_back_the_same(system: str) -> None:
    dialplan = load(system)
    written = as_extensions_conf(dialplan)
    again = parse_dialplan(parse_config(written, path=Path("extensions.conf")))
    assert as_extensions_conf(again) == written
    assert again.global_variables == dialplan.global_variables
    assert without_places(list_dialplan(again)) == without_places(list_dialplan(dialplan))


def without_places(listing: str) -> str:
    return re.sub(r" +\[\S+\.conf:\d+\]$", "", listing, flags=re.MULTILINE)


def test_nothing_but_known_names_stands_in_a_listing() -> None:
    listing = list_dialplan(load("vicidial"))
    assert "|" not in re.sub(r"\$\[.*?\]", "", listing)
    assert "SetVar" not in listing
