import pytest

from tests.support.dialplan import lines_of, run_dialplan, value_of


def test_nested_loops() -> None:
    lines = [
        "Set(i=0)", "While($[${i} < 2])", "Set(j=0)", "While($[${j} < 2])", "Set(R=${R}${i}${j} )",
        "Set(j=$[${j} + 1])", "EndWhile()", "Set(i=$[${i} + 1])", "EndWhile()",
    ]  # fmt: skip
    assert value_of(*lines) == "00 01 10 11 "


def test_a_loop_that_never_begins_is_passed_with_those_in_it() -> None:
    lines = ["While(0)", "While(1)", "EndWhile()", "Set(R=no)", "EndWhile()", "Set(R=${R}after)"]
    assert value_of(*lines) == "after"


def test_continue_and_exit() -> None:
    lines = [
        "Set(i=0)", "While(1)", "Set(i=$[${i} + 1])", "ExecIf($[${i} = 2]?ContinueWhile())",
        "ExecIf($[${i} = 4]?ExitWhile())", "Set(R=${R}${i})", "EndWhile()", "Set(R=${R}.)",
    ]  # fmt: skip
    assert value_of(*lines) == "13."


@pytest.mark.parametrize("alone", ["EndWhile()", "While(0)", "ExitWhile()", "ContinueWhile()"])
def test_without_its_other_end_it_does_nothing(alone: str) -> None:
    assert value_of(alone, "Set(R=on)") == "on"


def test_a_loop_in_a_pattern_and_an_included_context() -> None:
    conf = """
[default]
include => more
exten => s,1,Goto(123,1)
[more]
exten => _1XX,1,Set(i=0)
 same => n,While($[${i} < 3])
 same => n,Set(i=$[${i} + 1])
 same => n,EndWhile()
 same => n,Set(R=${i})
"""
    assert run_dialplan(conf)["R"] == "3"


def branches(first: str, second: str) -> str:
    lines = [
        f"If({first})", "Set(R=${R}a)", f"ElseIf({second})", "Set(R=${R}b)", "Else()",
        "Set(R=${R}c)", "EndIf()", "Set(R=${R}.)",
    ]  # fmt: skip
    return value_of(*lines)


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [("1", "1", "a."), ("0", "1", "b."), ("0", "0", "c."), ("1", "0", "a."), ("", "x", "b.")],
)
def test_one_branch_is_taken(first: str, second: str, value: str) -> None:
    assert branches(first, second) == value


def test_branches_within_branches() -> None:
    lines = [
        "If(0)", "If(1)", "Set(R=no)", "Else()", "Set(R=no)", "EndIf()", "Else()", "If(1)",
        "Set(R=yes)", "Else()", "Set(R=no)", "EndIf()", "EndIf()",
    ]  # fmt: skip
    assert value_of(*lines) == "yes"


def test_exit_if() -> None:
    assert value_of("If(1)", "ExitIf()", "Set(R=no)", "EndIf()", "Set(R=${R}end)") == "end"


def test_if_without_else_goes_on_behind() -> None:
    conf = lines_of("If(0)", "NoOp(no)", "EndIf()", "NoOp(end)")
    assert run_dialplan(conf).executed == ["s:1 If(0)", "s:4 NoOp(end)"]


def test_a_branch_in_a_loop_is_decided_anew_each_time() -> None:
    lines = [
        "Set(i=0)", "While($[${i} < 3])", "If($[${i} = 1])", "Set(R=${R}one)", "ElseIf($[${i} = 2])",
        "Set(R=${R}two)", "EndIf()", "Set(i=$[${i} + 1])", "EndWhile()",
    ]  # fmt: skip
    assert value_of(*lines) == "onetwo"
