"""Neighbours of the recorded cases: what follows from the same rules."""

from __future__ import annotations

import pytest

from tests.conformance.test_cases import answer


def answer_to(*lines: str) -> str:
    """The variable R when the channel hung up."""
    return answer({"id": "", "exten": "x1", "lines": lines, "want": {"R": ""}})["R"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        # A long double has a zero below zero, and %Lg shows it.
        ("-0", "-0"),
        ("0 * -1", "-0"),
        ("0 / -3", "-0"),
        ("-5 % 5", "-0"),
        ("CEIL(-0.5)", "-0"),
        ("REMAINDER(-6,3)", "-0"),
        ("-0 + 0", "0"),
        ("-0 - 0", "-0"),
        ("0 - 0", "0"),
        ("-5 + 5", "0"),
        ("-(-0)", "0"),
        ("-0 * -1", "0"),
        ("-0 = 0", "1"),
        ("!-0", "1"),
        ("-0 || x", "x"),
        ("-0 ? yes :: no", "no"),
        ("ATAN2(0,-1)", "3.14159265358979324"),
        ("ATAN2(-0,-1)", "-3.14159265358979324"),
        ("ATAN2(-1,0)", "-1.57079632679489662"),
        # What is no number, or too large, as the C library has it.
        ("ASIN(2)", "nan"),
        ("LOG(-1)", "nan"),
        ("SQRT(-1)", "-nan"),
        ("POW(-8,0.5)", "-nan"),
        ("REMAINDER(5,0)", "-nan"),
        ("POW(0,-1)", "inf"),
        ("POW(-0,-1)", "-inf"),
        ("POW(-7,99999)", "-inf"),
        ("EXP(99999)", "inf"),
        ("EXP(-99999)", "0"),
        ("EXP(99999) - EXP(99999)", "-nan"),
        ("5 % EXP(99999)", "5"),
        ("5 / -EXP(99999)", "-0"),
        ("-EXP(99999) / 5", "-inf"),
        ("EXP(99999) % 5", "-nan"),
        ("EXP(99999) * 0", "-nan"),
        ("EXP(99999) + 1", "inf"),
        ("ABS(-EXP(99999))", "inf"),
    ],
)
def test_numbers_at_the_edges(expression: str, value: str) -> None:
    assert answer_to(f"Set(R=$[{expression}])") == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("${a} * ${b}", "-0"),
        ("-${a}", "-0"),
        ("-${a} + 1", "1"),
        ("${b} % 5", "-0"),
        ("(${a} - ${c}) * ${a}", "-0"),
        ("${c} * ${c}", "9"),
        ("-${c} * ${c}", "-9"),
        ("-(${c} - ${c})", "-0"),
        ("${a} * -1 = 0", "1"),
        ("!(-${a})", "1"),
    ],
)
def test_the_zero_below_zero_of_what_variables_hold(expression: str, value: str) -> None:
    assert answer_to("Set(a=0)", "Set(b=-5)", "Set(c=3)", f"Set(R=$[{expression}])") == value


@pytest.mark.parametrize(
    "line",
    [
        "Set()", "Set(R)", "MSet()", "MSet(b)", "GotoIf()", "GotoIf(${unset})", "GosubIf()", "Exec()",
        "TryExec()", "ExecIf()", "Log()", "Wait()", "Wait(${unset})", "Wait(soon)", "SendDTMF(${unset})",
        "SoftHangup()", "ClearHash()", "SayAlphaCase()", "SayDigits(${unset})", "DBdeltree()",
        "Transfer()", "ReadExten()", "Morsecode()", "CELGenUserEvent()", "MessageSend()", "TrySystem()",
    ],
)  # fmt: skip
def test_nothing_to_do_is_passed_over(line: str) -> None:
    assert answer_to("Set(R=before)", line, "Set(R=behind)") == "behind"


@pytest.mark.parametrize(
    "line", ["Playback()", "Read()", "Goto()", "Gosub()", "SayNumber(${unset})"]
)
def test_nothing_to_do_ends_the_call(line: str) -> None:
    assert answer_to("Set(R=before)", line, "Set(R=behind)") == "before"


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (("Set(d=$)", "Set(v=${d}{EVAL(${d}{v})})", "Set(R=[${EVAL(${v})}])"), "[]"),
        (("Set(d=$)", "Set(v=a)", "Set(w=${d}{EVAL(${d}{v})})", "Set(R=${EVAL(${w})})"), "a"),
        (("Set(R=a)", f"Exec({'Exec(' * 900}Set(R=b){')' * 900})", "Set(R=${R}c)"), "ac"),
        (("Set(R=a)", f"Exec({'ExecIf(1?' * 20}Set(R=b){')' * 20})", "Set(R=${R}c)"), "bc"),
        (("Set(R=[${EVAL_SUB(lab,s,here(${EVAL_SUB(lab,s,1)}))}])",), "[here first]"),
    ],
)
def test_what_evaluates_itself_comes_to_an_end(lines: tuple[str, ...], value: str) -> None:
    assert answer_to(*lines) == value


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("-0", False), ("+0", False), ("-00", False), ("$[0 * -1]", False), ("0x10", False), ("0.5", False),
        ("-1", True), ("+5", True), ("-", True), ("- 0", True), ("-x", True), ("1x", True), (".5", True),
        ("10", True), ("0 ", False), ("0a", False),
    ],
)  # fmt: skip
def test_a_condition_is_the_number_it_begins_with(condition: str, *, holds: bool) -> None:
    expected = "yes" if holds else "no"
    assert answer_to(f"Set(R=${{IF({condition}?yes:no)}})") == expected
    lines = (f"GotoIf({condition}?3)", "Set(R=no)", 'ExecIf($["${R}" = ""]?Set(R=yes))')
    assert answer_to(*lines) == expected
    assert answer_to("Set(R=no)", f"ExecIf({condition}?Set(R=yes))") == expected
