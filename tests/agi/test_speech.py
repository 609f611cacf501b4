"""SPEECH …: recognition for a script."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from switchroom.pbx.channel import Channel
from switchroom.recognition.engine import Broken, Recognised, Result
from tests.agi.support import Told, drive
from tests.recognition.fake_engine import YES, FakeRecognition, spoken

SOUNDS = {"hello": 2.0}
CREATE = "SPEECH CREATE fake"
RECOGNIZE = "SPEECH RECOGNIZE hello 10"


def run(
    engine: FakeRecognition,
    *lines: str,
    keys: Mapping[float, str] = {},
    hangup_after: float | None = None,
) -> Told:
    def install(channel: Channel) -> None:
        engine.install(channel.pbx)

    return drive(*lines, before=install, keys=keys, durations=SOUNDS, hangup_after=hangup_after)


def test_an_engine_and_its_grammars() -> None:
    engine = FakeRecognition()
    told = run(
        engine,
        "SPEECH CREATE nobody",
        CREATE,
        CREATE,  # there is one
        "SPEECH SET colour blue",
        "SPEECH LOAD GRAMMAR menu /tmp/menu.gram",
        "SPEECH ACTIVATE GRAMMAR menu",
        "SPEECH ACTIVATE GRAMMAR other",
        "SPEECH DEACTIVATE GRAMMAR menu",
        "SPEECH UNLOAD GRAMMAR menu",
        "SPEECH DESTROY",
        "SPEECH DESTROY",
    )
    assert [each.removeprefix("200 result=") for each in told.answers] == list("01011101110")
    [made] = engine.made
    assert made.settings == {"colour": "blue"}
    assert made.log == [
        "load menu /tmp/menu.gram", "activate menu", "deactivate menu", "unload menu", "close",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "SPEECH SET a b", "SPEECH LOAD GRAMMAR a b", "SPEECH UNLOAD GRAMMAR a",
        "SPEECH ACTIVATE GRAMMAR a", "SPEECH DEACTIVATE GRAMMAR a", RECOGNIZE,
    ],
)  # fmt: skip
def test_nothing_goes_without_an_engine(line: str) -> None:
    assert run(FakeRecognition(), line).answers == ["200 result=0"]


@pytest.mark.parametrize(
    ("line", "at", "end"),
    [
        (RECOGNIZE, 0.5, 4000),  # while the sound is played
        (RECOGNIZE, 3.0, 16000),  # behind it
        ("SPEECH RECOGNIZE hello 10 8000", 0.25, 10000),
        ("SPEECH RECOGNIZE hello -1", 300.0, 16000),
    ],
)
def test_what_was_said(line: str, at: float, end: int) -> None:
    other = Result('say "no"', 30, "answers")
    answer = run(FakeRecognition(spoken(at, YES, other)), CREATE, line).answers[-1]
    assert answer == (
        f"200 result=1 (speech) endpos={end} results=2"
        ' score0=870 text0="yes" grammar0="answers"'
        ' score1=30 text1="say \'no\'" grammar1="answers"'
    )


def test_nothing_was_understood() -> None:
    answer = run(FakeRecognition({3.0: Recognised(())}), CREATE, RECOGNIZE).answers[-1]
    assert answer == "200 result=1 (speech) endpos=16000 results=0"


def test_a_key() -> None:
    told = run(FakeRecognition(), CREATE, RECOGNIZE, keys={1.0: "#"})
    assert told.answers[-1] == "200 result=1 (digit) digit=# endpos=8000"


def test_time_is_over() -> None:
    assert run(FakeRecognition(), CREATE, RECOGNIZE).answers[-1] == (
        "200 result=1 (timeout) endpos=16000"
    )


def test_an_engine_that_breaks() -> None:
    assert run(FakeRecognition({1.0: Broken("gone")}), CREATE, RECOGNIZE).answers[-1] == (
        "200 result=-1"
    )


def test_the_end_of_a_script_lets_the_engine_go() -> None:
    engine = FakeRecognition()
    run(engine, CREATE)
    assert engine.made[0].log == ["close"]


def test_a_hangup_meanwhile() -> None:
    engine = FakeRecognition(spoken(9.0))
    told = run(engine, CREATE, RECOGNIZE, "SPEECH DESTROY", hangup_after=1.0)
    assert (told.status, told.hangups) == ("HANGUP", 1)
    assert told.answers[1:] == ["200 result=-1", "200 result=1"]
    assert engine.made[0].log == ["start", "stop", "close"]
