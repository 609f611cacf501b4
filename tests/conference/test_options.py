"""Every option of a user and a bridge profile, told by what phones hear.

A story says which options it shows; a test holds what is shown against what the file may say.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from switchroom.config.confbridge import ACTIONS, OPTIONS
from tests.conference import bridge_options, user_options
from tests.conference.audible_house import tell
from tests.conference.shown_options import Shown
from tests.conference.test_menu_actions import WITHOUT_EFFECT

#: What is shown elsewhere, and where.
ELSEWHERE = {
    ("bridge", "link"): "tests/peers/test_linked_conferences.py",
    ("bridge", "record_command"): "tests/conference/test_record_command.py",
    ("bridge", "video_mode"): "tests/conference/test_conference_video.py",
    ("bridge", "video_update_discard"): "tests/conference/test_conference_video.py",
    ("bridge", "type"): "tests/config/test_confbridge.py",
    ("user", "type"): "tests/config/test_confbridge.py",
}

STORIES = {
    name: each
    for module in (user_options, bridge_options)
    for name, each in vars(module).items()
    if isinstance(each, Shown)
}
SHOWN = frozenset(option for each in STORIES.values() for option in each.options)


@pytest.mark.parametrize("name", list(STORIES))
def test_option(name: str, tmp_path: Path) -> None:
    shown = STORIES[name]
    tell(shown.story, shown.profiles, folder=tmp_path)


def test_every_option_is_shown_or_said_to_have_no_effect() -> None:
    missing = {
        f"{kind}: {name}"
        for kind, table in OPTIONS.items()
        for name, option in table.items()
        if option.honoured and (kind, name) not in SHOWN | ELSEWHERE.keys()
    }
    assert missing == set()


def test_what_is_shown_is_honoured() -> None:
    assert all(OPTIONS[kind][name].honoured for kind, name in SHOWN)


PAGE = Path(__file__).parents[2] / "docs" / "conferences.md"


def test_the_page_lists_every_option_and_says_which_has_no_effect() -> None:
    """By the first columns of its tables: a name in backticks, or ``sound_*`` for all sounds."""
    listed: dict[str, dict[str, bool]] = {}
    for table in ("user profile", "bridge profile", "key of a menu"):
        rows = PAGE.read_text().partition(f"| {table} |")[2].partition("\n\n")[0].splitlines()
        names = listed[table] = {}
        has_effect = True
        for row in rows[2:]:
            has_effect = has_effect and "without effect" not in row
            names |= dict.fromkeys(re.findall(r"`([a-z_*]+)`", row.split("|")[1]), has_effect)
    sounds = {name for name in OPTIONS["bridge"] if name.startswith("sound_")}
    assert listed["bridge profile"].pop("sound_*")
    assert listed["bridge profile"] | dict.fromkeys(sounds, True) == {
        name: option.honoured for name, option in OPTIONS["bridge"].items()
    }
    assert listed["user profile"] == {name: o.honoured for name, o in OPTIONS["user"].items()}
    assert listed["key of a menu"] == {name: name not in WITHOUT_EFFECT for name in ACTIONS}
