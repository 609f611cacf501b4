"""Directory(): callers find people by the keys of their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.apps.mailbox_house import House

CONF = """[default]
100 => 1,Alice Adams
101 => 1,Bob Adler
102 => 1,Carl Baker
"""
PLAN = """[default]
exten => s,1,{line}
 same => n,Set(end=s)
exten => _10X,1,Set(end=${{EXTEN}})
exten => o,1,Set(end=o)
exten => a,1,Set(end=a)
exten => h,1,Set(result=${{DIRECTORY_RESULT}})
"""
ASKED = ["dir-welcome", "dir-pls-enter", "digits/3", "dir-last", "dir-usingkeypad"]


def house(folder: Path, conf: str = CONF) -> House:
    return House(folder, conf, PLAN)


@pytest.mark.parametrize(
    ("arguments", "keys", "end", "result"),
    [
        ("default", "232w1", "100", "SELECTED"),
        ("default,default,l(2)", "23w1", "100", "SELECTED"),
        ("default,,l(2)", "23*w1", "101", "SELECTED"),
        ("default,,l(2)m", "23www2", "101", "SELECTED"),
        ("default,,f(2)", "26w1", "101", "SELECTED"),
        ("default,,b(2)", "26w1", "101", "SELECTED"),
        ("default,,b(1)m", "2www3", "102", "SELECTED"),
        ("default", "0", "o", "OPERATOR"),
        ("default", "*", "a", "ASSISTANT"),
        ("default", "#", "s", "USEREXIT"),
        ("default", "w" * 60, "s", "TIMEOUT"),
        ("default", "999" + "w999" * 3, "s", "FAILED"),
        ("other", "232w232w232ww", "s", "FAILED"),
        ("default", "2", "", "HANGUP"),
    ],
)
def test_ways_through_it(tmp_path: Path, arguments: str, keys: str, end: str, result: str) -> None:
    ran = house(tmp_path).call(f"Directory({arguments})", keys, hangs_up=result == "HANGUP")
    assert (ran["end"], ran["result"]) == (end, result)


def test_what_is_said(tmp_path: Path) -> None:
    called = house(tmp_path)
    called.call("Directory(default,,e)", "wwwww232" + "w" * 20)
    assert called.played[:5] == ASKED
    spelled = called.played.index("letters/a")
    assert called.played[spelled : spelled + 3] == ["letters/a", "letters/l", "letters/i"]
    at = called.played.index("dir-multi3")
    assert called.played[at : at + 5] == [
        "dir-multi3", "digits/1", "digits/0", "digits/0", "dir-instr",
    ]  # fmt: skip


def test_recorded_names_are_played(tmp_path: Path) -> None:
    called = house(tmp_path)
    sound = called.spool.temporary(called.box(), ".wav")
    sound.write_bytes(b"")
    called.spool.set_greeting(called.box(), "greet", [sound])
    called.call("Directory(default)", "232" + "w" * 10)
    assert str(called.spool.folder(called.box()) / "greet") in called.played


def test_the_extension_is_only_told(tmp_path: Path) -> None:
    ran = house(tmp_path).call("Directory(default,,s)", "225w1", hangs_up=False)
    assert (ran["DIRECTORY_EXTEN"], ran["end"], ran["result"]) == ("102", "s", "SELECTED")


def test_an_introduction_of_ones_own_and_another_file(tmp_path: Path) -> None:
    called = house(tmp_path, "[general]\ndirectoryintro=welcome-here\n" + CONF)
    called.call("Directory(default)", "w")
    assert called.played == ["welcome-here"]
    (tmp_path / "people.conf").write_text("[default]\n109 => 1,Zed Zulu\n")
    ran = called.call("Directory(default,,sc(people.conf))", "985w1", hangs_up=False)
    assert ran["DIRECTORY_EXTEN"] == "109"


def test_nothing_is_answered_where_that_is_asked(tmp_path: Path) -> None:
    plan = PLAN.replace("Set(end=s)", "Set(end=${{CHANNEL(state)}})")
    ran = House(tmp_path, CONF, plan).call("Directory(default,,n)", "#", hangs_up=False)
    assert ran["end"] == "Ring"
    ran = House(tmp_path, CONF, plan).call("Directory(default,,p(2000))", "w#w#", hangs_up=False)
    assert ran["end"] == "Up"
