"""Broadcast: by audio who hears whom, and when it ends."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any, cast

import pytest

from switchroom.apps.broadcast import BroadcastOptions, broadcast
from switchroom.config.asterisk_conf import Directories
from switchroom.dialplan.options import parse_options
from switchroom.media.engine.engine import Engine
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.pbx import Pbx
from tests.apps.test_chan_spy import RtpDriver
from tests.media.calls import frequencies
from tests.media.rtp_party import rtp_party, tone
from tests.support.dialplan import run_dialplan
from tests.support.fakes import FakeAstDb, FakeSounds, NoDialplan, make_channel

SPEAKER, ANN, BEN, CID, DAN = 400, 700, 1000, 1300, 1700  #: hertz that each of them says


async def hear(options: str) -> dict[int, list[int]]:
    """Ann talks with Ben, Cid with Dan; somebody speaks to Ann and Cid. The tones each hears."""
    engine = Engine(first_port=47100, last_port=47199)
    pbx = Pbx(
        system_name="", engine=engine, sounds=FakeSounds(), astdb=cast("Any", FakeAstDb()),
        dialplan=NoDialplan(), technologies={}, directories=Directories(),
    )  # fmt: skip
    try:
        async with AsyncExitStack() as stack, pbx:
            parties, channels = {}, {}
            for hz in (SPEAKER, ANN, BEN, CID, DAN):
                parties[hz] = await stack.enter_async_context(rtp_party())
                channel = channels[hz] = make_channel(pbx, name=f"SIP/{hz}-00000001")
                channel.set_state(ChannelState.UP)
                driver = channel.driver = RtpDriver(parties[hz])
                driver.channel = channel
                await channel.stream()
            for one, two in ((ANN, BEN), (CID, DAN)):
                engine.connect(await channels[one].stream(), await channels[two].stream())
            names = [channels[hz].name for hz in (ANN, CID)]
            work = broadcast(channels[SPEAKER], parse_options(BroadcastOptions, options), *names)
            speaking = pbx.spawn(work, name="speaker")
            for hz, party in parties.items():
                party.start_saying(tone(hz, 1.4))
            await asyncio.sleep(1.4)
            speaking.cancel()
            for channel in channels.values():
                channel.finish()
            return {hz: frequencies(p.audio()[-2 * 4800 :]) for hz, p in parties.items()}
    finally:
        await engine.close()


@pytest.mark.parametrize(
    ("options", "heard"),
    [
        ("w", {SPEAKER: [], ANN: [SPEAKER, BEN], BEN: [ANN], CID: [SPEAKER, DAN], DAN: [CID]}),
        (
            "wb",
            {SPEAKER: [], ANN: [SPEAKER, BEN], BEN: [SPEAKER, ANN],
             CID: [SPEAKER, DAN], DAN: [SPEAKER, CID]},
        ),
        ("s", {SPEAKER: [ANN, BEN, CID, DAN], ANN: [BEN], BEN: [ANN], CID: [DAN], DAN: [CID]}),
        ("so", {SPEAKER: [ANN, CID], ANN: [BEN], BEN: [ANN], CID: [DAN], DAN: [CID]}),
    ],
)  # fmt: skip
def test_who_hears_whom(options: str, heard: dict[int, list[int]]) -> None:
    found = asyncio.run(hear(options))
    assert {hz: sorted(tones) for hz, tones in found.items()} == heard


@pytest.mark.parametrize("ends", ["others", "speaker"])
def test_it_ends_with_the_last_of_the_others_or_with_the_speaker(ends: str) -> None:
    others: list[Channel] = []

    def prepare(pbx: Pbx, _: Channel) -> None:
        others.extend(make_channel(pbx, name=f"Fake/{n}-00000001") for n in (7, 8))

    async def play(channel: Channel) -> None:
        for other in others:
            await other.stream()
        await asyncio.sleep(2)
        if ends == "speaker":
            channel.hangup()
            return
        others[0].hangup()
        await asyncio.sleep(1)
        assert channel.application == "Broadcast"
        others[1].hangup()

    conf = (
        "[default]\nexten => s,1,Wait(1)\n same => n,Broadcast(w,Fake/7-00000001,Fake/8-00000001)\n"
        " same => n,Set(R=on)\n"
    )
    outcome = run_dialplan(conf, prepare=prepare, play=play)
    assert outcome["R"] == ("on" if ends == "others" else "")
    assert outcome.seconds == (3 if ends == "others" else 2)


def test_nobody_to_speak_to() -> None:
    outcome = run_dialplan("[default]\nexten => s,1,Broadcast(w,Fake/9)\n same => n,Set(R=on)\n")
    assert outcome["R"] == ""
