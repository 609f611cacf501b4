"""``dialplan show`` against what the original printed for the same configuration."""

from pathlib import Path

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.dialplan.listing import list_dialplan
from switchroom.dialplan.parser import parse_dialplan
from tests.cli.fakes import RECORDED

DIALPLAN = parse_dialplan(
    parse_config(RECORDED["config"]["extensions.conf"], path=Path("extensions.conf"))
)
ANSWERS = {answer["command"]: answer["output"] for answer in RECORDED["cli"]}


def recorded(command: str) -> str:
    return str(ANSWERS[command])


@pytest.mark.parametrize(
    ("command", "context", "extension"),
    [
        ("dialplan show internal", "internal", ""),
        ("dialplan show 100@internal", "internal", "100"),
    ],
)
def test_a_listing_is_as_recorded(command: str, context: str, extension: str) -> None:
    assert list_dialplan(DIALPLAN, context, extension) == recorded(command)


def test_all_contexts_are_as_recorded_but_for_the_original_s_own_one() -> None:
    _, _, ours = recorded("dialplan show").partition("\n\n")
    ours = ours.replace("9 extensions (23 priorities) in 3", "7 extensions (14 priorities) in 2")
    assert list_dialplan(DIALPLAN) == ours


def test_a_number_finds_the_patterns_that_match_it() -> None:
    assert "_9NXXNXXXXXX" in list_dialplan(DIALPLAN, "internal", "95552234567")
    assert list_dialplan(DIALPLAN, "internal", "95551234567") == ""


def test_what_is_not_there_is_empty() -> None:
    assert list_dialplan(DIALPLAN, "nosuch") == ""
    assert list_dialplan(DIALPLAN, "features", "100") == ""


def test_an_extension_for_one_caller_says_so() -> None:
    text = "[c]\nexten => 1/100,1,NoOp(a)\nexten => 1,1,NoOp(b)\n"
    listing = list_dialplan(parse_dialplan(parse_config(text, path=Path("x.conf"))))
    assert listing.splitlines()[1:3] == [
        "  '1' (CID match '100') =>  1. NoOp(a)                                    [x.conf:2]",
        "  '1' =>            1. NoOp(b)                                    [x.conf:3]",
    ]
