"""confbridge.conf: profiles, templates, menus, and what is wrong in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.base.errors import ConfigError
from switchroom.config.confbridge import ConfBridgeConfig, MenuAction, read_confbridge
from switchroom.config.language.reader import parse_config


def read(text: str) -> ConfBridgeConfig:
    return read_confbridge(parse_config(text, path=Path("confbridge.conf")))


def test_the_default_profiles_are_there_without_a_file_that_names_them() -> None:
    config = read("[general]\n")
    names = (config.bridges, config.users, config.menus)
    assert [list(each) for each in names] == [
        ["default_bridge"],
        ["default_user"],
        ["default_menu"],
    ]
    assert config.users["default_user"].talk_level == 160
    assert config.users["default_user"].silence == 2.5
    assert config.bridges["default_bridge"].sounds["join"] == "confbridge-join"


def test_both_kinds_of_templates() -> None:
    config = read(
        "[base](!)\ntype=user\nquiet=yes\n[a](base)\nmarked=yes\n"
        "[b]\ntype=user\ntemplate=a\nquiet=no\n"
    )
    a, b = config.users["a"], config.users["b"]
    assert (a.quiet, a.marked) == (True, True)
    assert (b.quiet, b.marked) == (False, True)
    assert "base" not in config.users


@pytest.mark.parametrize(
    ("line", "expected"), [("yes", 0), ("no", None), ("5", 5), ("true", 0), ("nonsense", None)]
)
def test_when_all_are_told_how_many_there_are(line: str, expected: int | None) -> None:
    text = f"[a]\ntype=user\nannounce_user_count_all={line}\n"
    assert read(text).users["a"].counts_all == expected


@pytest.mark.parametrize(
    ("lines", "internal", "highest"),
    [
        ("", 0, 48000),
        ("internal_sample_rate=auto", 0, 48000),
        ("internal_sample_rate=8000", 8000, 8000),
        ("maximum_sample_rate=16000", 0, 16000),
        ("internal_sample_rate=96000", 48000, 48000),
    ],
)
def test_rates(lines: str, internal: int, highest: int) -> None:
    profile = read(f"[b]\ntype=bridge\n{lines}\n").bridges["b"]
    assert (profile.internal_rate, profile.highest_rate) == (internal, highest)


def test_a_menu() -> None:
    menu = read(
        "[m]\ntype=menu\n*=playback_and_continue(a&b), toggle_mute\n"
        "1=dialplan_exec(ctx,s,1)\nd=no_op\n#=leave_conference\n#1=no_op\n"
    ).menus["m"]
    assert menu.keys == {
        "*": (MenuAction("playback_and_continue", "a&b"), MenuAction("toggle_mute")),
        "1": (MenuAction("dialplan_exec", "ctx,s,1"),),
        "D": (MenuAction("no_op"),),
        "#": (MenuAction("leave_conference"),),
        "#1": (MenuAction("no_op"),),
    }


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[a]\nquiet=yes\n", 1, "needs type"),
        ("[a]\ntype=user\nquite=yes\n", 3, "did you mean quiet"),
        ("[a]\ntype=user\nquiet=perhaps\n", 3, "expected yes or no"),
        ("[a]\ntype=bridge\ninternal_sample_rate=fast\n", 3, "expected a whole number"),
        ("[a]\ntype=bridge\nmaximum_sample_rate=4000\n", 3, "expected a number from 8000"),
        ("[a]\ntype=user\ntemplate=b\n", 3, "there is no profile 'b'"),
        ("[a]\ntype=user\ntemplate=b\n[b]\ntype=user\ntemplate=a\n", 3, "no profile 'a'"),
        ("[m]\ntype=menu\nx=no_op\n", 3, "is no key"),
        ("[m]\ntype=menu\n1=dance\n", 3, "'dance'"),
        ("[m]\ntype=menu\n1=playback\n", 3, "parentheses"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as raised:
        read(text)
    assert raised.value.line in {line, 6}


def test_what_has_no_effect_is_told() -> None:
    config = read(
        "[b]\ntype=bridge\nmixing_interval=40\nbinaural_active=yes\nrecord_options=aW(1)r(a.wav)\n"
    )
    assert [warning.message for warning in config.warnings] == [
        "mixing_interval has no effect yet (a bridge profile)",
        "binaural_active has no effect yet (a bridge profile)",
        "record_options: r has no effect for a conference",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "appends", "gain"),
    [
        ("", True, 1.0),
        ("record_file_append=no", False, 1.0),
        ("record_file_append=no\nrecord_options=a", True, 1.0),
        ("record_options=V(-1)", True, 0.5),
        ("record_options=W(9)", True, 16.0),
    ],
)
def test_how_is_recorded(lines: str, gain: float, *, appends: bool) -> None:
    profile = read(f"[b]\ntype=bridge\n{lines}\n").bridges["b"]
    assert (profile.record_append, profile.record_gain) == (appends, gain)
