"""PERIODIC_HOOK: what is heard again and again, until it is stopped or the call ends."""

import asyncio

from switchroom.channels.local import LocalTechnology
from switchroom.media.api import SpyPlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import run_dialplan
from tests.support.fakes import fake_stream

CONF = """\
[default]
exten => s,1,Playback(hello)
 same => n,Set(ID=${PERIODIC_HOOK(default,beep,10)})
 same => n,Wait(25)
 same => n,Set(PERIODIC_HOOK(${ID})=off)
 same => n,Wait(20)
 same => n,Set(PERIODIC_HOOK(${ID})=on)
 same => n,Wait(12)
exten => beep,1,Answer()
 same => n,Set(GLOBAL(BEEPS)=${GLOBAL(BEEPS)}x)
 same => n,Set(GLOBAL(OF)=${HOOK_CHANNEL} ${HOOK_ID})
 same => n,Playback(beep)
"""


def test_an_extension_is_heard_every_so_many_seconds() -> None:
    spied: list[SpyPlan] = []

    def prepare(pbx: Pbx, _channel: Channel) -> None:
        pbx.technologies = {"LOCAL": LocalTechnology()}

    async def play(channel: Channel) -> None:
        await asyncio.sleep(11.5)
        mine = fake_stream(channel)
        streams = channel.pbx.engine.streams  # type: ignore[attr-defined]  # a fake
        found = [stream.spied for stream in streams if stream.spied is not None]
        spied.extend(plan for target, plan in found if target is mine)
        await asyncio.sleep(200)

    outcome = run_dialplan(CONF, prepare=prepare, play=play)
    assert outcome.global_variables["BEEPS"] == "xxx"
    assert outcome.global_variables["OF"] == "Fake/1-00000000 1"
    assert [plan.barges for plan in spied] == [True]


def test_what_is_no_interval_and_no_hook() -> None:
    conf = "[default]\nexten => s,1,Set(R=[${PERIODIC_HOOK(default,beep,0)}])\n"
    conf += " same => n,Set(PERIODIC_HOOK(7)=off)\n same => n,Set(R=${R}.)\n"
    assert run_dialplan(conf)["R"] == "[]."
