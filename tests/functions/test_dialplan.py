import pytest

from tests.support.dialplan import lines_of, run_dialplan

CONF = """
[default]
include => more
exten => s,1,Set(v=1)
 same => n(here),Set(R={})
 same => n,NoOp(after)
exten => sub,1,Set(v=${{v}}${{ARG1}})
 same => n,Return(<${{ARG1}}>)
exten => end,1,NoOp(no return)
[more]
exten => _9X.,1,Return(${{v}}+${{EXTEN}})
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${DIALPLAN_EXISTS(more)}${DIALPLAN_EXISTS(none)}", "10"), ("${DIALPLAN_EXISTS(default,911)}", "1"),
        ("${DIALPLAN_EXISTS(default,s,here)}${DIALPLAN_EXISTS(default,s,there)}", "10"),
        ("${DIALPLAN_EXISTS(default,s,3)}${DIALPLAN_EXISTS(default,s,4)}", "10"), ("${DIALPLAN_EXISTS()}", ""),
        ("${VALID_EXTEN(,s)}${VALID_EXTEN(,s,9)}${VALID_EXTEN(more,s)}", "100"),
        ("${EVAL_EXTEN(default,911,1)}", "1+s"), ("${EVAL_EXTEN(none,1)}", ""), ("${EVAL_EXTEN(3)}", "after"),
        ("${EVAL_SUB(sub,1(2))}${v}", "<2>12"), ("[${EVAL_SUB(end,1)}]", "[]"), ("[${EVAL_SUB(none,1)}]", "[]"),
        ("${EVAL_SUB(sub,1(a))}${EVAL_SUB(sub,1(b))}", "<a><b>"), ("[${EXCEPTION(reason)}${EXCEPTION(priority)}]", "[]"),
        ("${EXCEPTION(bogus)}", ""),
    ],
)  # fmt: skip
def test_value(text: str, value: str) -> None:
    outcome = run_dialplan(CONF.format(text))
    assert outcome["R"] == value
    assert outcome.executed[-1] == "s:3 NoOp(after)"


@pytest.mark.parametrize(
    ("peek", "value"),
    [
        ("0,ARG1", "three"), ("1,ARG1", "two"), ("2,ARG1", "one"), ("3,ARG1", ""), ("-1,ARG1", ""),
        ("0,MINE", "own"), ("1,MINE", "outer"), ("2,MINE", ""), ("0,WORLD", ""), ("0,NONE", ""),
    ],
)  # fmt: skip
def test_what_the_variables_of_routines_hide(peek: str, value: str) -> None:
    conf = lines_of("Set(GLOBAL(WORLD)=1)", "Set(MINE=outer)", "Gosub(a,1(one))") + (
        "exten => a,1,Gosub(b,1(two))\n same => n,Return()\n"
        "exten => b,1,Set(LOCAL(MINE)=own)\n same => n,Gosub(c,1(three))\n same => n,Return()\n"
        f"exten => c,1,Set(R=${{LOCAL_PEEK({peek})}})\n same => n,Return()\n"
    )
    assert run_dialplan(conf)["R"] == value
