"""The Say applications on a channel: what is played, and where digits lead."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

import switchroom.apps
import switchroom.functions
from switchroom.config.reader import parse_config
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.pbx.channel import Channel
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual


def run(
    *lines: str,
    language: str = "en",
    keys: dict[float, str] | None = None,
    missing: tuple[str, ...] = (),
) -> tuple[list[str], dict[str, str], bool]:
    """Run ``lines`` and ``NoOp``s behind them: what was played, the variables, whether answered."""
    numbered = [f"exten => s,{n},{line}" for n, line in enumerate(lines, start=1)]
    text = "\n".join(
        ["[default]", *numbered, f"exten => s,{len(lines) + 1},Set(end=s)",
         "exten => 5,1,Set(end=five)", "exten => 55,1,Set(end=fiftyfive)",
         "exten => i,1,Set(end=i ${INVALID_EXTEN})"]
    )  # fmt: skip
    sounds = FakeSounds()
    sounds.missing.update(missing)

    async def main() -> tuple[list[str], dict[str, str], bool]:
        dialplan = parse_dialplan(parse_config(text, path=Path("extensions.conf")))
        interpreter = Interpreter(
            collect_applications(switchroom.apps), collect_functions(switchroom.functions), dialplan
        )
        async with make_pbx(interpreter, sounds=sounds) as pbx:
            channel = make_channel(pbx)
            channel.language = language
            loop = asyncio.get_running_loop()
            for at, digit in (keys or {}).items():
                loop.call_later(at, channel.on_digit, digit)
            await interpreter.run(channel)
            played = fake_stream(channel).played if channel._stream is not None else []
            channel.finish()
            return played, channel.variables, _was_answered(channel)

    return run_virtual(main())


def _was_answered(channel: Channel) -> bool:
    return "answer" in channel.driver.told  # type: ignore[attr-defined]  # a FakeDriver


@pytest.mark.parametrize(
    ("line", "language", "expected"),
    [
        ("SayNumber(-21)", "en", "digits/minus digits/20 digits/1"),
        ("SayNumber(21)", "de_AT", "digits/1-and digits/20"),
        ("SayNumber(1,f)", "de", "digits/1F"),
        ("SayNumber(1,F)", "de", "digits/1F"),
        ("SayNumber(1,what)", "de", "digits/1"),
        ("SayOrdinal(42)", "en", "digits/40 digits/h-2"),
        ("SayMoney(1.50)", "en", "digits/1 letters/dollar and digits/50 cents"),
        ("SayDigits(1,2)", "en", "digits/1 digits/2"),
        ("SayAlpha(a.B)", "en", "letters/a letters/dot letters/b"),
        ("SayAlphaCase(u,aB)", "en", "letters/a uppercase letters/b"),
        ("SayAlphaCase(a,aB)", "en", "lowercase letters/a uppercase letters/b"),
        ("SayPhonetic(a1)", "en", "phonetic/a_p digits/1"),
        ("SayCountedNoun(5,call)", "en", "calls"),
        ("SayCountedNoun(5,call)", "ru", "callx2"),
        ("SayCountedAdj(1,new,f)", "ru", "newf"),
        ("SayCountedAdj(5,new,f)", "ru", "newx"),
    ],
)
def test_what_is_said(line: str, language: str, expected: str) -> None:
    played, variables, was_answered = run(line, language=language)
    assert played == expected.split()
    assert variables["end"] == "s"
    assert not was_answered


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("SayNumber(abc)", "'abc' is not a number"),
        ("SayNumber(2147483647)", "the number 2147483647 is too large"),
        ("SayOrdinal(x)", "'x' is not a number"),
        ("SayMoney(free)", "'free' is not an amount"),
        ("SayAlphaCase(z,abc)", "SayAlphaCase: 'z' is none of a, l, n, u"),
        ("SayCountedNoun(x,call)", "'x' is not a number"),
    ],
)
def test_wrong_input_is_told_and_the_dialplan_goes_on(
    line: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        played, variables, _ = run(line)
    assert played == []
    assert variables["end"] == "s"
    assert message in caplog.text


def test_nothing_to_say_ends_the_call() -> None:
    assert "end" not in run("SayNumber()")[1]
    assert run("SayDigits()")[1]["end"] == "s"


def test_a_missing_prompt_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    played, variables, _ = run("SayDigits(123)", missing=("digits/2",))
    assert played == ["digits/1", "digits/3"]
    assert variables["end"] == "s"
    assert "SayDigits: no sound 'digits/2'" in caplog.text


def test_a_feminine_adjective_may_be_recorded_under_its_own_ending() -> None:
    played, _, _ = run("SayCountedAdj(1,new,f)", language="ru", missing=("newf",))
    assert played == ["newa"]


def test_digits_are_dropped_unless_allowed() -> None:
    played, variables, _ = run("SayDigits(123)", keys={0.5: "5"})
    assert played == ["digits/1", "digits/2", "digits/3"]
    assert variables["end"] == "s"


@pytest.mark.parametrize(
    ("keys", "end"),
    [
        ({0.5: "5"}, "five"),
        ({0.5: "5", 1.0: "5"}, "fiftyfive"),
        ({1.5: "7"}, "i 7"),
    ],
)
def test_digits_lead_to_extensions_where_allowed(keys: dict[float, str], end: str) -> None:
    for line in ("SayDigits(123)", "SayNumber(123)", "SayAlpha(abc)", "SayPhonetic(abc)",
                 "SayOrdinal(123)", "SayMoney(1.23)", "SayAlphaCase(n,abc)", "SayUnixTime()"):  # fmt: skip
        played, variables, _ = run("Set(SAY_DTMF_INTERRUPT=TRUE)", line, keys=keys)
        assert variables["end"] == end, line
        assert 1 <= len(played) <= 2


MOMENT = 451404309  # 1984-04-21 14:05:09 UTC, a Saturday


def test_a_moment_is_said_in_its_time_zone() -> None:
    played, variables, was_answered = run(f"SayUnixTime({MOMENT},Europe/Berlin,A R 'vm-goodbye')")
    assert played == ["digits/day-6", "digits/16", "digits/oh", "digits/5", "vm-goodbye"]
    assert variables["end"] == "s"
    assert was_answered
    assert run(f"DateTime({MOMENT},America/New_York,kMp)")[0] == [
        "digits/9", "digits/oh", "digits/5", "digits/a-m",
    ]  # fmt: skip


def test_the_default_format_says_date_and_time() -> None:
    assert run(f"SayUnixTime({MOMENT},UTC)")[0] == [
        "digits/day-6", "digits/mon-3", "digits/20", "digits/h-1", "digits/19", "digits/80",
        "digits/4", "digits/at", "digits/2", "digits/oh", "digits/5", "digits/p-m",
    ]  # fmt: skip


def test_a_moment_before_1970() -> None:
    assert run("SayUnixTime(-86400,UTC,dY)")[0] == [
        "digits/30", "digits/h-1", "digits/19", "digits/60", "digits/9",
    ]  # fmt: skip


def test_an_unknown_time_zone_and_no_time_are_told(caplog: pytest.LogCaptureFixture) -> None:
    played, variables, _ = run("SayUnixTime(soon,Mars/Base,Q)", "SayUnixTime(,../x,Q)")
    assert played == ["digits/today", "digits/today"]
    assert variables["end"] == "s"
    assert "time zone 'Mars/Base'" in caplog.text
    assert "time zone '../x'" in caplog.text
    assert "'soon' is no time" in caplog.text


def test_the_jump_option() -> None:
    played, variables, _ = run(f"SayUnixTime({MOMENT},UTC,AB,j)", keys={0.5: "5"})
    assert played == ["digits/day-6"]
    assert variables["end"] == "five"


def test_sayfiles_knows_its_kinds(caplog: pytest.LogCaptureFixture) -> None:
    _, variables, _ = run(
        "Set(a=${SAYFILES(aB)})", "Set(b=${SAYFILES(7,NUMBER)})", "Set(c=x${SAYFILES(7,song)})"
    )
    assert variables["a"] == "letters/a&letters/b"
    assert variables["b"] == "digits/7"
    assert variables["c"] == "x"
    assert "'song' is none of alpha" in caplog.text
