"""What rtp.conf says for all streams, on real sockets."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.media.api import DtmfEnded, PacketTraced, Sound
from switchroom.media.settings import MediaSettings
from tests.media.calls import make_plan, noise, one_call, run
from tests.media.rtp_party import rtp_party
from tests.media.test_rtcp import rtcp_call


@pytest.mark.parametrize(
    ("settings", "before", "is_heard"),
    [
        (MediaSettings(), 3, True),
        (MediaSettings(), 4, False),
        (MediaSettings(probation=8), 6, True),
        (MediaSettings(probation=8), 8, False),
        (MediaSettings(is_strict=False), 20, True),
    ],
)
def test_how_long_a_source_is_on_probation(
    settings: MediaSettings, before: int, is_heard: object
) -> None:
    async def scenario() -> bool:
        async with one_call() as call, rtp_party() as stranger:
            call.engine.configure(settings)
            async with rtp_party() as first:
                first.remote = stranger.remote = call.stream.local_address
                first.burst(bytes(2 * 160 * before))
                await call.received(before)
                stranger.burst(bytes(320))
                await call.received(before + 1)
            return call.stream.statistics().packets_received == before + 1

    assert run(scenario()) is is_heard


def test_how_often_reports_are_sent() -> None:
    async def scenario() -> None:
        async with rtcp_call() as call:
            call.engine.configure(MediaSettings(rtcp_interval=0.5))
            loop = asyncio.get_running_loop()
            times = []
            for _ in range(3):
                await call.stream.play(Sound("noise", noise(0.1)))
                await call.next_report()
                times.append(loop.time())
            assert times[2] - times[0] < 2.5

    run(scenario())


def test_when_a_key_whose_end_was_lost_counts_as_up() -> None:
    async def scenario(timeout: float) -> float:
        async with one_call() as call:
            call.engine.configure(MediaSettings(digit_timeout=timeout))
            call.party.press("4", 0.06, ends=0)
            began_at = asyncio.get_running_loop().time()
            await call.ear.next(DtmfEnded)
            return asyncio.get_running_loop().time() - began_at

    assert run(scenario(0.15)) < 0.45
    assert run(scenario(0.6)) > 0.5


def test_without_checksums_audio_arrives_as_well() -> None:
    async def scenario() -> None:
        async with one_call() as call:
            call.engine.configure(MediaSettings(has_checksums=False))
            async with rtp_party() as party:
                stream = await call.engine.open_stream("127.0.0.1", make_plan(party), call.ear)
                await stream.play(Sound("noise", noise(0.1)))
                await party.until(lambda: len(party.packets(0)) == 5)
                stream.close()

    run(scenario())


def test_packets_can_be_traced() -> None:
    async def scenario() -> list[PacketTraced]:
        async with one_call() as call:
            seen: list[PacketTraced] = []
            call.engine.trace_packets(seen.append)
            call.party.burst(bytes(640))
            await call.received(2)
            await call.stream.play(Sound("noise", noise(0.06)))
            async with asyncio.timeout(10):
                while len(seen) < 5:
                    await asyncio.sleep(0.01)
            call.engine.trace_packets(None)
            call.party.burst(bytes(320))
            await call.received(3)
            await asyncio.sleep(0.05)
            assert [each.address for each in seen] == [call.party.address] * 5
            return seen

    seen = run(scenario())
    heard = [each for each in seen if not each.is_sent]
    sent = [each for each in seen if each.is_sent]
    assert [(p.payload_type, p.octets) for p in heard] == [(0, 160)] * 2
    assert [p.sequence for p in heard] == [65530, 65531]
    assert heard[1].timestamp - heard[0].timestamp == 160
    assert [(p.payload_type, p.octets) for p in sent] == [(0, 160)] * 3
