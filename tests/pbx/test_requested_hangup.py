"""A hangup that somebody outside of the call asks for, and the cause that the call ends with."""

import asyncio

import pytest

from switchroom.pbx.channel import Channel
from switchroom.pbx.events import HangupRequested
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.telling import request_hangup
from tests.support.dialplan import run_dialplan
from tests.support.phones import Phones

CONF = """\
[default]
exten => s,1,Answer()
 same => n,{}
exten => h,1,Set(R=${{HANGUPCAUSE}})
"""


@pytest.mark.parametrize(
    ("application", "cause"), [("Wait(9)", "0"), ("Dial(Phone/bob)", "16"), ("Echo()", "0")]
)
def test_without_a_cause_there_is_none_but_for_who_leaves_a_bridge(
    application: str, cause: str
) -> None:
    async def play(channel: Channel) -> None:
        await asyncio.sleep(5)
        request_hangup(channel)

    technologies = {"PHONE": Phones(bob=1)}
    outcome = run_dialplan(CONF.format(application), play=play, technologies=technologies)
    assert outcome["R"] == cause


def test_a_cause_that_is_given_counts() -> None:
    async def play(channel: Channel) -> None:
        await asyncio.sleep(5)
        request_hangup(channel, HangupCause.USER_BUSY)

    assert run_dialplan(CONF.format("Wait(9)"), play=play)["R"] == "17"


def test_soft_hangup_asks_as_others_do() -> None:
    told: list[bool] = []

    def prepare(pbx: Pbx, _: Channel) -> None:
        pbx.events.subscribe(HangupRequested, lambda event: told.append(event.is_soft))

    outcome = run_dialplan(CONF.format("SoftHangup(${CHANNEL(name)})"), prepare=prepare)
    assert outcome["R"] == "0"
    assert told == [True]
