"""What keys mean in a conference's menu."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.conference.menu import Keys
from switchroom.config.confbridge import read_confbridge
from switchroom.config.language.reader import parse_config

TEXT = """
[m]
type=menu
1=toggle_mute
*=playback_and_continue(conf-usermenu)
*1=toggle_mute
12=leave_conference
*9=increase_talking_volume,participant_count
"""


def keys() -> Keys:
    config = read_confbridge(parse_config(TEXT, path=Path("confbridge.conf")))
    return Keys(config.menus["m"])


@pytest.mark.parametrize(
    ("pressed", "at_once", "in_the_end"),
    [
        ("1", [], ["toggle_mute"]),
        ("12", ["leave_conference"], []),
        ("13", ["toggle_mute", "?3"], []),
        ("*", [], ["playback_and_continue"]),
        ("*1", ["toggle_mute"], []),
        ("*9", ["increase_talking_volume+participant_count"], []),
        ("*12", ["toggle_mute", "?2"], []),
        ("7", ["?7"], []),
        ("*71", ["playback_and_continue", "?7"], ["toggle_mute"]),
    ],
)
def test_the_longest_entry_counts(pressed: str, at_once: list[str], in_the_end: list[str]) -> None:
    one = keys()
    found = [meant for digit in pressed for meant in one.press(digit)]
    late = one.give_up()

    def names(meant: list) -> list[str]:  # type: ignore[type-arg]  # of Meant
        return ["+".join(a.name for a in m.actions) or f"?{m.unknown}" for m in meant]

    assert names(found) == at_once
    assert names(late) == in_the_end
    assert not one.may_go_on


def test_keys_go_on_behind_an_entry_that_was_begun() -> None:
    one = keys()
    one.resume("*")
    assert [m.keys for m in one.press("1")] == ["*1"]
