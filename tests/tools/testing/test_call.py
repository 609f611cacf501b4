"""What a test may say of a call, and what it is told when that is not so."""

import re

import pytest

from switchroom.base.errors import ConfigError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.tools.simulate.ending import EndedBy
from switchroom.tools.simulate.script import ScriptError
from switchroom.tools.simulate.trace import DigitSent
from switchroom.tools.testing.failure import CallFailedError
from tests.tools.testing.conftest import Make

MENU = """
[globals]
SHOP=open
[default]
exten => s,1,Wait(2)
 same => n,Answer()
 same => n(ask),Read(CHOICE,menu&more,1,,,5)
 same => n,GotoIf($["${CHOICE}" = "1"]?sales,s,1)
 same => n,Playback(bye)
 same => n,Hangup(21)
include => ended
[ended]
exten => h,1,Set(GLOBAL(LAST)=${CHOICE})
[sales]
include => ended
exten => s,1,Set(DB(calls/sales)=1)
 same => n,Dial(PJSIP/bob&PJSIP/carol,20)
 same => n,Playback(later)
"""


def test_a_call_from_beginning_to_end(under_test: Make) -> None:
    dialplan = under_test(MENU)
    dialplan.outcome("PJSIP/*", "busy")
    call = dialplan.dial("s")
    assert not call.is_answered
    call.answered()
    assert call.hears("menu").at == 2.0
    call.keys("1")
    call.reaches("sales,s")
    call.dials("PJSIP/bob")
    call.hears("later")
    ending = call.hung_up()
    assert ending.by is EndedBy.END
    call.has("DIALSTATUS", "BUSY")
    call.executes("Dial(PJSIP/bob*)", at="sales,s,2")
    call.executes("read")
    call.never_executes("Hangup")
    assert call.heard == ["menu", "later"]
    assert dialplan.dialled == call.dialled == ["PJSIP/bob", "PJSIP/carol"]
    assert dict(dialplan.db) == {"calls/sales": "1"}
    assert dialplan.globals == {"SHOP": "open", "LAST": "1"}
    assert (call.variable("SHOP"), call.variable("NONE")) == ("open", "")
    assert call.variables["CHOICE"] == "1"
    assert call.executed[:2] == ["default,s,1 Wait(2)", "default,s,2 Answer()"]


def test_no_key_and_a_cause(under_test: Make) -> None:
    call = under_test(MENU).dial("s")
    call.hears("m*")
    call.hears("more")
    call.hears("bye")
    assert call.hung_up(HangupCause.CALL_REJECTED).cause == 21


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ("call.hears('nemu')", "expected to hear 'nemu' within 60 s; heard since: menu, more, bye"),
        ("call.hears('menus')", r"\(did you mean 'menu'\?\)"),
        ("call.hears('bye', within=4)", "within 4 s; heard since: menu, more"),
        ("call.executes('Playback(later)')", r"expected Playback\(later\) to be executed"),
        ("call.executes('Answer', at='sales,s')", "expected Answer at sales,s to be executed"),
        ("call.reaches('sales,s,1')", "expected the call to reach sales,s,1"),
        ("call.dials('PJSIP/bob')", "expected PJSIP/bob to be dialled"),
        ("call.hung_up(16)", r"expected hangup cause 16 \(normal clearing\), not 21"),
        ("call.ends(within=3)", "expected the call to end within 3 s"),
        ("(call.ends(), call.has('CHOICE', '1'))", "expected CHOICE to be '1', not ''"),
        ("(call.ends(), call.keys('1'))", "cannot key 1: the call is over"),
        ("(call.ends(), call.never_executes('Hangup'))", r"did not expect Hangup\(21\) at default"),
    ],
)
def test_what_a_failure_says(under_test: Make, expect: str, message: str) -> None:
    call = under_test(MENU).dial("s")
    with pytest.raises(CallFailedError, match=message) as caught:
        eval(expect, {"call": call})
    told = str(caught.value)
    assert re.search(r"^the call to s in default, which ", told, re.MULTILINE)
    assert "    0.000  default,s,1              Wait(2)" in told.splitlines()


def test_the_caller_is_not_the_dialplan(under_test: Make) -> None:
    call = under_test(MENU).dial("s", script="w3 hangup")
    with pytest.raises(CallFailedError, match="expected the dialplan to hang up, but: the caller"):
        call.hung_up()
    call = under_test("[default]\nexten => 1,1,NoSuchThing()\n").dial("1")
    with pytest.raises(CallFailedError, match="No application 'NoSuchThing'"):
        call.hung_up()


def test_hanging_up_runs_h(under_test: Make) -> None:
    dialplan = under_test(MENU)
    call = dialplan.dial("s")
    call.hears("menu")
    call.keys("9")
    call.hang_up()
    assert dialplan.globals["LAST"] == "9"
    assert call.ending.by is EndedBy.CALLER
    assert call.has_ended


def test_calls_share_the_database_and_the_clock(under_test: Make) -> None:
    dialplan = under_test(
        "[default]\nexten => 1,1,Set(DB(a/b)=${EPOCH})\nexten => 2,1,NoOp(${DB(a/b)})\n"
    )
    dialplan.at("2026-12-24 17:55")
    dialplan.dial("1").ends()
    dialplan.wait(60)
    call = dialplan.dial("2")
    call.ends()
    assert call.executed == [f"default,2,1 NoOp({dialplan.db['a/b']})"]
    assert dialplan.now.strftime("%Y-%m-%d %H:%M") == "2026-12-24 17:56"
    dialplan.at("sat 9:00")
    assert dialplan.now.strftime("%Y-%m-%d %H:%M") == "2026-12-26 09:00"
    del dialplan.db["a/b"]
    assert (len(dialplan.db), repr(dialplan.db)) == (0, "Entries({})")


def test_two_calls_at_once(under_test: Make) -> None:
    dialplan = under_test(
        "[default]\nexten => _X,1,Wait(${EXTEN})\n same => n,Playback(p${EXTEN})\n"
    )
    first, second = dialplan.dial("3"), dialplan.dial("1")
    second.hears("p1")
    assert first.heard == []
    first.hears("p3")
    assert second.has_ended


def test_stubs_are_scripted_before_the_first_call(under_test: Make) -> None:
    dialplan = under_test(
        "[default]\nexten => 1,1,Set(X=${CURL(http://crm)})\n same => n,Playback(${X})\n"
    )
    dialplan.stub("CURL(http://crm*)", "bob")
    dialplan.dial("1").hears("bob")
    dialplan.stub("CURL", "carol")
    dialplan.dial("1").hears("carol")
    with pytest.raises(ScriptError, match="before the first call"):
        dialplan.stub("Playback", "")
    with pytest.raises(ScriptError, match="before the first call"):
        dialplan.stub("ODBC_X", "")


def test_sounds(under_test: Make) -> None:
    dialplan = under_test("[default]\nexten => 1,1,Playback(a)\n same => n,Playback(b)\n")
    dialplan.sound("a", 12.5)
    dialplan.missing_sound("b")
    call = dialplan.dial("1")
    call.ends()
    assert call.ending.at == 12.5
    call.has("PLAYBACKSTATUS", "FAILED")


def test_what_each_party_hears(under_test: Make) -> None:
    dialplan = under_test(
        "[default]\nexten => 1,1,Dial(Local/2@default&PJSIP/bob)\n"
        "exten => 2,1,Answer()\n same => n,Playback(moment)\n same => n,Dial(PJSIP/carol)\n"
    )
    dialplan.outcome("PJSIP/bob", "busy")
    dialplan.outcome("PJSIP/carol", "ring:0,answer")
    call = dialplan.dial("1")
    call.dials("PJSIP/carol")
    dialplan.wait(1)
    call.keys("5")
    call.hang_up()
    assert dialplan.heard_by("PJSIP/caller") == call.heard == ["moment"]
    assert dialplan.heard_by("PJSIP/carol") == []
    assert [d.channel for d in dialplan.simulation.trace.of(DigitSent)] == ["PJSIP/carol-00000002"]


def test_mistakes_of_the_test(under_test: Make) -> None:
    dialplan = under_test(MENU)
    with pytest.raises(ConfigError, match="there is no context 'sale'; did you mean 'sales'"):
        dialplan.dial("s", context="sale")
    with pytest.raises(ConfigError, match="there is no endpoint 'bob'"):
        dialplan.dial("s", phone="bob")
    with pytest.raises(ScriptError):
        dialplan.dial("s", script="hello")


def test_a_call_reads_as_its_trace(under_test: Make) -> None:
    call = under_test("[default]\nexten => 1,1,NoOp(x)\n").dial("1")
    call.ends()
    assert str(call).splitlines()[0].split() == ["0.000", "default,1,1", "NoOp(x)"]


SPEECH = """
[default]
exten => s,1,Answer()
 same => n,SpeechCreate(whatever)
 same => n,SpeechLoadGrammar(menu,/etc/menu.gram)
 same => n,SpeechActivateGrammar(menu)
 same => n(ask),SpeechBackground(menu,5)
 same => n,GotoIf($["${SPEECH(results)}" = "0"]?ask)
 same => n,Goto(${SPEECH_TEXT(0)},1)
exten => the sales,1,Set(score=${SPEECH_SCORE(0)}/${SPEECH_GRAMMAR(0)})
 same => n,Playback(bye)
"""


def test_a_caller_who_speaks(under_test: Make) -> None:
    call = under_test(SPEECH).dial("s")
    call.hears("menu")
    call.say("?")
    call.hears("menu")
    call.wait(20)
    call.hears("menu")  # nobody has said anything
    call.say("the  sales")
    call.hears("bye")
    call.has("score", "1000/menu")
    call.say("thanks")
    assert any("thanks, which nobody listens to" in line for line in str(call).splitlines())
