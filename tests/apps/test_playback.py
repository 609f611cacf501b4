"""Playback, BackGround, Read and ControlPlayback on a channel."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.controlled_playback import Control, player_of
from tests.apps.run_lines import Run, run
from tests.support.dialplan import lines_of, run_dialplan
from tests.support.fakes import FakeSounds

KEYS = {0.5: "5"}


def test_playback_tells_what_was_missing() -> None:
    ran = run(
        "Playback(one& two&)",
        "Set(first=${PLAYBACKSTATUS})",
        "Playback(gone&three)",
        missing=("gone",),
    )
    assert ran.played == ["one", "two", "three"]
    assert (ran.variables["first"], ran.variables["PLAYBACKSTATUS"]) == ("SUCCESS", "FAILED")
    assert ran.was_answered


def test_playback_without_answering() -> None:
    ran = run("Playback(one,noanswer)")
    assert (ran.played, ran.was_answered) == (["one"], False)
    ran = run("Playback(one,skip,noanswer)")
    assert (ran.played, ran.was_answered) == ([], False)
    assert ran.variables["PLAYBACKSTATUS"] == "SUCCESS"
    assert run("Answer()", "Playback(one,skip)").played == ["one"]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("num:21", "de", "digits/1-and digits/20"),
        ("enum:3", "en", "digits/h-3"),
        ("digit:07&char:a&phonetic:b", "en", "digits/0 digits/7 letters/a phonetic/b_p"),
        (
            "date::20240320",
            "en",
            "digits/day-3 digits/mon-2 digits/h-20 digits/2 digits/thousand digits/20 digits/4",
        ),
        ("date:A 'digits/at' d:20240321", "en", "digits/day-4 digits/at digits/20 digits/h-1"),
        ("time::202403201405.00-3-080", "en", "digits/2 digits/oh digits/5 digits/p-m"),
        ("datetime:HS:20240320140509", "en", ""),
        ("datetime:HS:202403201405.09", "en", "digits/14 digits/9"),
    ],
)
def test_playback_says_values(text: str, language: str, expected: str) -> None:
    ran = run(f"Playback({text},say)", language=language)
    assert ran.played == expected.split()
    assert ran.variables["PLAYBACKSTATUS"] == ("SUCCESS" if expected else "FAILED")


def test_playback_mixes_sounds_and_values() -> None:
    ran = run("Playback(hello&num:2&bye,mix)", "Playback(hello,say)")
    assert ran.played == ["hello", "digits/2", "bye"]
    assert ran.variables["PLAYBACKSTATUS"] == "FAILED"


def test_background_goes_where_the_digit_leads() -> None:
    ran = run("BackGround(one&two)", keys=KEYS)
    assert (ran.played, ran.end) == (["one"], "five")
    ran = run("BackGround(one&gone,n)", missing=("gone",))
    assert (ran.end, ran.was_answered) == ("s", False)
    assert ran.variables["BACKGROUNDSTATUS"] == "FAILED"


def test_background_that_no_digit_ends() -> None:
    ran = run("BackGround(one&two,p)", keys=KEYS)
    assert (ran.played, ran.end) == (["one", "two"], "s")


def test_background_that_only_extensions_end() -> None:
    ran = run("BackGround(one&two,m)", keys={0.2: "9", 1.5: "5"})
    assert (ran.played, ran.end) == (["one", "two"], "five")


def test_background_on_a_channel_that_is_not_up() -> None:
    for options in ("s", "skip"):
        ran = run(f"BackGround(one,{options})")
        assert (ran.played, ran.was_answered, ran.end) == ([], False, "s")
    ran = run("BackGround(one,noanswer)")
    assert (ran.played, ran.was_answered) == (["one"], False)


def read(line: str, keys: dict[float, str] | None = None) -> tuple[str, str, Run]:
    ran = run(line, keys=keys)
    return ran.variables["d"], ran.variables["READSTATUS"], ran


def test_read_ends_by_the_terminator() -> None:
    assert read("Read(d,beep)", {0.5: "1", 0.6: "2", 0.7: "#", 0.8: "3"})[:2] == ("12", "OK")
    assert read("Read(d)", {0.5: "#"})[:2] == ("", "OK")
    assert read("Read(d,,0,e)", {0.5: "#"})[:2] == ("#", "OK")
    assert read("Read(d,,0,e)", {0.5: "1", 0.6: "#"})[:2] == ("1", "OK")


def test_read_has_other_terminators() -> None:
    keys = {0.5: "1", 0.6: "#", 0.7: "*", 0.8: "2"}
    assert read("Read(d,,0,t(*))", keys)[:2] == ("1#", "OK")
    assert read("Read(d,,3,t)", keys)[:2] == ("1#*", "OK")
    assert read("Read(d,,3,t())", keys)[:2] == ("1#*", "OK")
    assert read("Read(d,,0,t(#*))", keys)[:2] == ("1", "OK")


def test_read_on_a_channel_that_is_not_up() -> None:
    value, status, ran = read("Read(d,beep,,s)")
    assert (value, status, ran.played) == ("", "SKIPPED", [])
    assert not ran.was_answered
    value, status, ran = read("Read(d,beep,1,n)", KEYS)
    assert (value, status, ran.was_answered) == ("5", "OK", False)
    assert read("Read(d,beep,1,noanswer)", KEYS)[2].was_answered is False


def test_read_asks_again() -> None:
    value, status, ran = read("Read(d,beep,1,,3,2)")
    assert (value, status, ran.played) == ("", "TIMEOUT", ["beep"] * 3)


def test_read_when_the_caller_hangs_up() -> None:
    ran = run("Read(d,beep)", hangup_at=0.5)
    assert (ran.variables["d"], ran.variables["READSTATUS"]) == ("", "HANGUP")


def control(line: str, keys: dict[float, str]) -> tuple[str, str, str, float]:
    ran = run(line, keys=keys, durations={"long": 20.0})
    values = [ran.variables[f"CPLAYBACK{n}"] for n in ("STATUS", "OFFSET", "STOPKEY")]
    return values[0], values[1], values[2], ran.seconds


@pytest.mark.parametrize(
    ("arguments", "keys", "expected"),
    [
        ("long", {}, ("SUCCESS", "-1", "", 20.0)),
        ("long", {1.0: "#"}, ("SUCCESS", "-1", "", 17.0)),
        ("long", {1.0: "*"}, ("SUCCESS", "-1", "", 21.0)),
        ("long,5000,8,7", {6.0: "7", 7.0: "8"}, ("SUCCESS", "-1", "", 20.0)),
        ("long,9000", {1.0: "#", 2.0: "#", 3.0: "#"}, ("SUCCESS", "-1", "", 2.0)),
        ("long,,,,0", {4.0: "0"}, ("USERSTOPPED", "4000", "0", 4.0)),
        ("long,,,,09", {4.0: "#", 5.0: "9"}, ("USERSTOPPED", "8000", "9", 5.0)),
        ("long,,,,,5", {4.0: "5", 10.0: "3", 14.0: "5"}, ("SUCCESS", "-1", "", 30.0)),
        ("long,,,,0,5", {4.0: "5", 14.0: "0"}, ("USERSTOPPED", "4000", "0", 14.0)),
        ("long,,,,,,1", {4.0: "1"}, ("SUCCESS", "-1", "", 24.0)),
        ("long,,,,,,,o(15000)", {}, ("SUCCESS", "-1", "", 5.0)),
    ],
)  # fmt: skip
def test_control_playback(
    arguments: str, keys: dict[float, str], expected: tuple[str, str, str, float]
) -> None:
    status, offset, key, seconds = control(f"ControlPlayback({arguments})", keys)
    assert (status, offset, key) == expected[:3]
    assert seconds == pytest.approx(expected[3], abs=0.01)


@pytest.mark.parametrize(
    ("asked", "keys", "expected"),
    [
        ({4.0: "stop"}, {}, ("REMOTESTOPPED", "4000", "", 4.0)),
        ({1.0: "forward"}, {}, ("SUCCESS", "-1", "", 17.0)),
        ({1.0: "forward reverse forward"}, {}, ("SUCCESS", "-1", "", 17.0)),
        ({6.0: "reverse"}, {}, ("SUCCESS", "-1", "", 23.0)),
        ({6.0: "restart"}, {}, ("SUCCESS", "-1", "", 26.0)),
        ({4.0: "pause", 14.0: "pause"}, {}, ("SUCCESS", "-1", "", 30.0)),
        ({4.0: "pause", 14.0: "forward"}, {}, ("SUCCESS", "-1", "", 27.0)),
        ({4.0: "pause", 14.0: "stop"}, {}, ("REMOTESTOPPED", "4000", "", 14.0)),
        ({4.0: "pause stop"}, {}, ("REMOTESTOPPED", "4000", "", 4.0)),
        ({4.0: "pause"}, {5.0: "3", 9.0: "5"}, ("SUCCESS", "-1", "", 25.0)),
        ({9.0: "stop"}, {4.0: "5"}, ("REMOTESTOPPED", "4000", "", 9.0)),
        ({4.0: "pause"}, {5.0: "0"}, ("USERSTOPPED", "4000", "0", 5.0)),
    ],
)
def test_a_sound_is_controlled_from_afar(
    asked: dict[float, str], keys: dict[float, str], expected: tuple[str, str, str, float]
) -> None:
    async def play(channel: Channel) -> None:
        loop = asyncio.get_running_loop()
        for at, digit in keys.items():
            loop.call_later(at, channel.on_digit, digit)
        now = 0.0
        for at, controls in asked.items():
            await asyncio.sleep(at - now)
            now = at
            player = player_of(channel)
            assert player is not None
            for control in controls.split():
                player.control(Control(control))

    conf = lines_of("ControlPlayback(long,3000,#,*,0,5)")
    ran = run_dialplan(conf, play=play, sounds=FakeSounds({"long": 20.0}))
    values = tuple(ran[f"CPLAYBACK{n}"] for n in ("STATUS", "OFFSET", "STOPKEY"))
    assert (*values, round(ran.seconds, 1)) == expected


def test_control_playback_of_nothing() -> None:
    ran = run("ControlPlayback(gone)", missing=("gone",))
    assert (ran.variables["CPLAYBACKSTATUS"], ran.end) == ("ERROR", "s")
