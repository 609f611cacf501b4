"""The Say applications on a channel: what is played, and where digits lead."""

from __future__ import annotations

import logging

import pytest

from tests.apps.run_lines import run


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
    ran = run(line, language=language)
    assert ran.played == expected.split()
    assert ran.end == "s"
    assert not ran.was_answered


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
        ran = run(line)
    assert ran.played == []
    assert ran.end == "s"
    assert message in caplog.text


def test_nothing_to_say_ends_the_call() -> None:
    assert not run("SayNumber()").end
    assert run("SayDigits()").end == "s"


def test_a_missing_prompt_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    ran = run("SayDigits(123)", missing=("digits/2",))
    assert ran.played == ["digits/1", "digits/3"]
    assert ran.end == "s"
    assert "SayDigits: no sound 'digits/2'" in caplog.text


def test_a_feminine_adjective_may_be_recorded_under_its_own_ending() -> None:
    ran = run("SayCountedAdj(1,new,f)", language="ru", missing=("newf",))
    assert ran.played == ["newa"]


def test_digits_are_dropped_unless_allowed() -> None:
    ran = run("SayDigits(123)", keys={0.5: "5"})
    assert ran.played == ["digits/1", "digits/2", "digits/3"]
    assert ran.end == "s"


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
        ran = run("Set(SAY_DTMF_INTERRUPT=TRUE)", line, keys=keys)
        assert ran.end == end, line
        assert 1 <= len(ran.played) <= 2


MOMENT = 451404309  # 1984-04-21 14:05:09 UTC, a Saturday


def test_a_moment_is_said_in_its_time_zone() -> None:
    ran = run(f"SayUnixTime({MOMENT},Europe/Berlin,A R 'vm-goodbye')")
    assert ran.played == ["digits/day-6", "digits/16", "digits/oh", "digits/5", "vm-goodbye"]
    assert ran.end == "s"
    assert ran.was_answered
    assert run(f"DateTime({MOMENT},America/New_York,kMp)").played == [
        "digits/9", "digits/oh", "digits/5", "digits/a-m",
    ]  # fmt: skip


def test_the_default_format_says_date_and_time() -> None:
    assert run(f"SayUnixTime({MOMENT},UTC)").played == [
        "digits/day-6", "digits/mon-3", "digits/20", "digits/h-1", "digits/19", "digits/80",
        "digits/4", "digits/at", "digits/2", "digits/oh", "digits/5", "digits/p-m",
    ]  # fmt: skip


def test_a_moment_before_1970() -> None:
    assert run("SayUnixTime(-86400,UTC,dY)").played == [
        "digits/30", "digits/h-1", "digits/19", "digits/60", "digits/9",
    ]  # fmt: skip


def test_an_unknown_time_zone_and_no_time_are_told(caplog: pytest.LogCaptureFixture) -> None:
    ran = run("SayUnixTime(soon,Mars/Base,Q)", "SayUnixTime(,../x,Q)")
    assert ran.played == ["digits/today", "digits/today"]
    assert ran.end == "s"
    assert "time zone 'Mars/Base'" in caplog.text
    assert "time zone '../x'" in caplog.text
    assert "'soon' is no time" in caplog.text


def test_the_jump_option() -> None:
    ran = run(f"SayUnixTime({MOMENT},UTC,AB,j)", keys={0.5: "5"})
    assert ran.played == ["digits/day-6"]
    assert ran.end == "five"


def test_sayfiles_knows_its_kinds(caplog: pytest.LogCaptureFixture) -> None:
    ran = run(
        "Set(a=${SAYFILES(aB)})", "Set(b=${SAYFILES(7,NUMBER)})", "Set(c=x${SAYFILES(7,song)})"
    )
    assert ran.variables["a"] == "letters/a&letters/b"
    assert ran.variables["b"] == "digits/7"
    assert ran.variables["c"] == "x"
    assert "'song' is none of alpha" in caplog.text
