"""``e``, ``T`` and being moved from outside."""

import asyncio

import pytest

from switchroom.dialplan.absolute_timeout import AbsoluteTimeout
from switchroom.dialplan.exceptions import RaisedException
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause
from tests.support.dialplan import lines_of, run_dialplan

E = "exten => e,1,NoOp(e)\nexten => h,1,NoOp(h)\n"


def reason_of(conf: str) -> tuple[list[str], str, str]:
    raised = RaisedException()

    def prepare(_: object, channel: Channel) -> None:
        channel._datastores[RaisedException] = raised

    executed = run_dialplan(conf, prepare=prepare).executed
    return executed, raised.reason, f"{raised.context},{raised.extension},{raised.priority}"


@pytest.mark.parametrize("failing", ["NoSuchApp(x)", "Gosub(nosuch,s,1)", "Return()"])
def test_what_fails_goes_to_e(failing: str) -> None:
    executed, reason, where = reason_of(lines_of(failing, "NoOp(not reached)") + E)
    assert executed[-2:] == ["e:1 NoOp(e)", "h:1 NoOp(h)"]
    assert not any("not reached" in step for step in executed)
    assert (reason, where) == ("ERROR", "default,s,1")


def test_what_fails_in_e_ends_the_call() -> None:
    conf = lines_of("NoSuchApp(x)") + "exten => e,1,NoSuchApp(y)\n"
    assert run_dialplan(conf).cause is HangupCause.NORMAL_CLEARING


def test_a_jump_to_nowhere_goes_to_e_where_there_is_no_i() -> None:
    executed, reason, where = reason_of(lines_of("Goto(nope,1)") + E)
    assert executed == ["s:1 Goto(nope,1)", "e:1 NoOp(e)", "h:1 NoOp(h)"]
    assert (reason, where) == ("INVALID", "default,nope,1")


def test_nothing_keyed_goes_to_e_where_there_is_no_t() -> None:
    executed, reason, _ = reason_of(lines_of("WaitExten(2)") + E)
    assert executed[1] == "e:1 NoOp(e)"
    assert reason == "RESPONSETIMEOUT"


def test_redirected_while_waiting() -> None:
    conf = lines_of("Wait(60)", "NoOp(no)") + "exten => there,1,NoOp(there)\n same => n,Wait(2)\n"

    async def play(channel: Channel) -> None:
        await asyncio.sleep(5)
        channel.redirect("default", "there", 1)

    outcome = run_dialplan(conf, play=play)
    assert outcome.executed == ["s:1 Wait(60)", "there:1 NoOp(there)", "there:2 Wait(2)"]
    assert outcome.seconds == 7


def limit(seconds: float) -> object:
    return lambda _, channel: channel.datastore(AbsoluteTimeout).set(channel, seconds)


@pytest.mark.parametrize(
    ("special", "executed"),
    [
        ("T", ["s:1 Wait(60)", "T:1 NoOp(T)", "h:1 NoOp(h)"]),
        ("e", ["s:1 Wait(60)", "e:1 NoOp(e)", "h:1 NoOp(h)"]),
        ("x", ["s:1 Wait(60)", "h:1 NoOp(h)"]),
    ],
)
def test_absolute_timeout(special: str, executed: list[str]) -> None:
    conf = lines_of("Wait(60)", "NoOp(no)")
    conf += f"exten => {special},1,NoOp({special})\nexten => h,1,NoOp(h)\n"
    outcome = run_dialplan(conf, prepare=limit(3))  # type: ignore[arg-type]  # a lambda of two
    assert outcome.executed == executed
    assert outcome.seconds == 3


def test_a_call_that_ends_in_time_leaves_no_timer() -> None:
    outcome = run_dialplan(lines_of("Wait(1)"), prepare=limit(3600))  # type: ignore[arg-type]
    assert outcome.seconds == 1
