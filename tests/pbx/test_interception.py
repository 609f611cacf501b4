"""Routines that see what a party is about to be told."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel
from switchroom.pbx.connected_line import connect_line
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.transfers.forwarding import report_forward
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx, run_virtual
from tests.support.phones import Phones

CONF = """\
[default]
exten => s,1,Dial(Phone/bob,20)
exten => 5,1,Dial(Phone/carol,20)
[seen]
exten => s,1,Set(CONNECTEDLINE(name,i)=${ARG1}${CONNECTEDLINE(num)}${ARG2})
 same => n,Return()
exten => slow,1,Wait(5)
 same => n,Return()
exten => why,1,Set(GLOBAL(WHY)=${REDIRECTING(reason)} ${REDIRECTING(from-num)} ${REDIRECTING(to-num)})
 same => n,Return()
[macro-seen]
exten => s,1,Set(CONNECTEDLINE(name,i)=macro ${ARG1})
"""


class Told(list[str]):
    """What the party of a channel is told."""

    def listen(self, channel: Channel) -> None:
        channel.driver.tell_connected_line = (  # type: ignore[attr-defined]  # a driver that can
            lambda: self.append(channel.connected.name)
        )


def run(variables: dict[str, str], *, whose: str = "caller", hangs_up: bool = False) -> list[str]:
    """Whom a caller, or a called party, is told when ``Ben <7>`` is at the other end."""
    told = Told()

    async def main() -> None:
        phones = Phones(bob=1)
        async with make_pbx(make_interpreter(CONF), technologies={"PHONE": phones}) as pbx:
            caller = make_channel(pbx)
            pbx.start(caller)
            await asyncio.sleep(3)
            channel = caller if whose == "caller" else phones["bob"].channel
            channel.variables.update(variables)
            place = (channel.context, channel.extension, channel.priority, channel.application)
            told.listen(channel)
            connect_line(channel, CallerId(name="Ben", number="7"))
            if hangs_up:
                await asyncio.sleep(1)
                channel.hangup()
            await asyncio.sleep(10)
            assert place == (
                channel.context, channel.extension, channel.priority, channel.application
            )  # fmt: skip
            caller.hangup()
            await asyncio.sleep(1)
            assert pbx.channels == {}

    run_virtual(main())
    return told


@pytest.mark.parametrize("whose", ["caller", "called"])
@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({}, ["Ben"]),
        ({"CONNECTED_LINE_SEND_SUB": "seen,s,1"}, ["7"]),
        ({"CONNECTED_LINE_SEND_SUB": "seen,s,1", "CONNECTED_LINE_SEND_SUB_ARGS": "<,>"}, ["<7>"]),
        ({"CONNECTED_LINE_SEND_SUB": "seen,nowhere,1"}, ["Ben"]),
        ({"REDIRECTING_SEND_SUB": "seen,s,1"}, ["Ben"]),
    ],
)
def test_a_routine_may_change_who_is_at_the_other_end(
    whose: str, variables: dict[str, str], told: list[str]
) -> None:
    assert run(variables, whose=whose) == told


@pytest.mark.parametrize(("whose", "side"), [("caller", "CALLER"), ("called", "CALLEE")])
def test_macros_of_older_dialplans_are_for_one_side(whose: str, side: str) -> None:
    macro = f"CONNECTED_LINE_{side}_SEND_MACRO"
    other = {"CALLER": "called", "CALLEE": "caller"}[side]
    assert run({macro: "seen", f"{macro}_ARGS": "a"}, whose=whose) == ["macro a"]
    assert run({macro: "seen"}, whose=other) == ["Ben"]
    assert run({macro: "there-is-none"}, whose=whose) == ["Ben"]


def test_a_party_that_hangs_up_meanwhile_is_told_nothing() -> None:
    assert run({"CONNECTED_LINE_SEND_SUB": "seen,slow,1"}, hangs_up=True) == []


def test_a_dial_tells_by_it_who_answered_and_why_it_was_forwarded() -> None:
    told = Told()

    async def main() -> None:
        phones = Phones(bob=None, carol=1)

        def prepare(pbx: Pbx) -> Channel:
            caller = make_channel(pbx)
            caller.variables["CONNECTED_LINE_SEND_SUB"] = "seen,s,1"
            caller.variables["REDIRECTING_SEND_SUB"] = "seen,why,1"
            told.listen(caller)
            return caller

        async with make_pbx(make_interpreter(CONF), technologies={"PHONE": phones}) as pbx:
            caller = prepare(pbx)
            pbx.start(caller)
            await asyncio.sleep(1)
            phones["bob"].channel.caller = CallerId(number="200")
            report_forward(phones["bob"].channel, "Phone/carol")
            await asyncio.sleep(5)
            assert pbx.global_variables["WHY"] == "cfu 200 carol"
            assert caller.redirecting.count == 1
            assert told == ["s"]  # what was dialled: nothing else is known of her
            caller.hangup()
            await asyncio.sleep(1)

    run_virtual(main())
