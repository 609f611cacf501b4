"""AEL does what it says, run by the interpreter in virtual time."""

from pathlib import Path

import pytest

from switchroom.config.language.sources import Record
from switchroom.dialplan.ael.compiler import compile_ael
from switchroom.dialplan.ael.parser import parse_ael
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import Dialplan
from tests.support.calls import run_call

FILE = Path("/etc/asterisk/extensions.ael")


def plan(text: str) -> Dialplan:
    builder = DialplanBuilder()
    compile_ael(parse_ael(FILE, Record({str(FILE): text}, {})), builder)
    return builder.build()


def said(text: str, number: str = "1", **more: object) -> list[str]:
    """What Verbose said in context ``c``: a remark of the compiler is a NoOp."""
    return run_call(plan(text), "c", number, **more).data("Verbose")  # type: ignore[arg-type]  # passed through


def test_loops_count() -> None:
    assert said("""context c { 1 => {
        for (i = 1; ${i} <= 4; i = ${i} + 1) {
            if (${i} = 2) continue;
            if (${i} = 4) break;
            Verbose(${i});
        }
        j = 2;
        while (${j} > 0) { j = ${j} - 1; Verbose(j${j}); }
        for (x = 0; ${x} < 2; Set(x=$[${x} + 1])) { for (y = 0; ${y} < 2; y = ${y} + 1) Verbose(${x}${y}); }
    } }""") == ["1", "3", "j1", "j0", "00", "01", "10", "11"]


SWITCH = """context c { _7. => {
    switch (${EXTEN:1}) {
        case 1: Verbose(one of ${EXTEN}); break;
        case 2: Verbose(two);
        case 3: Verbose(three);
        pattern 4X: Verbose(forty); break;
        pattern 5.: switch (${EXTEN:2}) { case 1: Verbose(51); break; default: Verbose(5?); } Verbose(five); break;
        default: Verbose(other);
    }
    Verbose(end of ${EXTEN});
} }"""


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("71", ["one of 71", "end of 71"]),
        ("72", ["two", "three", "forty", "end of 72"]),
        ("73", ["three", "forty", "end of 73"]),
        ("745", ["forty", "end of 745"]),
        ("751", ["51", "five", "end of 751"]),
        ("759", ["5?", "five", "end of 759"]),
        ("79", ["other", "end of 79"]),
    ],
)
def test_switches_fall_through_and_come_back(number: str, expected: list[str]) -> None:
    assert said(SWITCH, number) == expected


def test_a_switch_on_nothing_is_the_default() -> None:
    assert said(
        "context c { 1 => { switch (${x}) { case a: Verbose(a); default: Verbose(d); } } }"
    ) == ["d"]


def test_loops_and_labels_reach_through_switches() -> None:
    assert said("""context c { 1 => {
        for (i = 0; ${i} < 4; i = ${i} + 1) {
            switch (${i}) {
                case 1: continue;
                case 3: goto out;
                default: Verbose(${i});
            }
            Verbose(after ${i});
        }
        Verbose(never);
      out:
        Verbose(out);
    } }""") == ["0", "after 0", "2", "after 2", "out"]


def test_macros_have_arguments_and_local_variables() -> None:
    assert said("""
        macro twice(what, n) {
            local i = 0;
            while (${i} < ${n}) { Verbose(${what}${i}); i = ${i} + 1; }
            if (${n} = 1) return;
            &twice(${what}, 1);
            Verbose(${what} done ${n});
        }
        context c { 1 => { i = 7; &twice(x, 2); Verbose(i is ${i} ${what}); } }
    """) == ["x0", "x1", "x0", "x done 2", "i is 7 "]


def test_a_switch_in_a_macro() -> None:
    text = """
        macro m(x) { switch (${x}) { case a: Verbose(a); return; default: Verbose(d); } Verbose(end); }
        context c { _X => { &m(a); &m(b); switch (${EXTEN}) { case 1: Verbose(${EXTEN}); } } }
    """
    assert said(text) == ["a", "d", "end", "1"]


def test_a_hangup_in_a_macro_runs_the_callers_h() -> None:
    assert said("""
        macro m() { Wait(10); }
        context c { 1 => { &m(); Verbose(never); } h => Verbose(h of the caller); }
    """, hangup_after=2) == ["h of the caller"]  # fmt: skip
    assert said("""
        macro m() { Wait(10); catch h { Verbose(own h); } }
        context c { 1 => &m(); h => Verbose(not this); }
    """, hangup_after=2) == ["own h"]  # fmt: skip


def test_times_chance_and_jumps() -> None:
    assert said("""context c { 1 => {
        ifTime (*|*|*|*) Verbose(now); else Verbose(not now);
        random (100) Verbose(always); else Verbose(no);
        random (0) Verbose(no); else Verbose(never);
        jump 2@d;
    } }
    context d { 2 => { Verbose(d ${CONTEXT}); jump 3; } 3 => { return; } }""") == [
        "now", "always", "never", "d d",
    ]  # fmt: skip


def test_ael_is_called_from_elsewhere() -> None:
    dialplan = plan("""
        macro greet(who) { Verbose(hello ${who}); Return(bye ${who}); }
        context c { 1 => { AELSub(greet,you); Verbose(${GOSUB_RETVAL}); } }
    """)
    assert run_call(dialplan, "c", "1").data("Verbose") == ["hello you", "bye you"]


def test_a_local_switch_leads_a_call_elsewhere() -> None:
    ran = run_call(
        plan("""
            context c { switches { Local/9${EXTEN}@d; }; 1 => goto 22,1; }
            context d { _9XX => { Verbose(${EXTEN}@${CONTEXT}); Verbose(still here); } }
        """),
        "c",
        "1",
    )
    assert ran.data("Verbose") == ["922@d", "still here"]
