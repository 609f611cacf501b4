"""Lines of ExternalIVR()."""

import pytest

from switchroom.agi.ivr.wire import Command, Tag, event_text, parse_command


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("S,hello-world\n", Command("S", "hello-world")),
        ("  v,a=b,c=d\r\n", Command("V", "a=b,c=d")),
        ("P", Command("P")),
        ("T,", Command("T")),
        ("", None),
        ("Sound", None),
        ("7,x", None),
        ("\u00e4,x", None),
    ],
)
def test_commands(line: str, command: Command | None) -> None:
    assert parse_command(line) == command


def test_words() -> None:
    assert Command("G", " a, ,b ").words() == ["a", "b"]


@pytest.mark.parametrize(
    ("tag", "data", "line"),
    [
        ("5", "", "5,1700000000\n"),
        (Tag.HANGUP, "", "H,1700000000\n"),
        (Tag.VARIABLES, "a=two\r\nlines", "G,1700000000,a=two  lines\n"),
    ],
)
def test_events(tag: Tag | str, data: str, line: str) -> None:
    assert event_text(tag, 1_700_000_000.9, data) == line
