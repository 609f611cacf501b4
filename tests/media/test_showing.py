"""One party's video for many: what goes to whom, by real packets on a stepped engine."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from switchroom.media.passages import Carries, PassagePlan
from tests.media.camera import Camera, received
from tests.support.stepped_engine import SteppedEngine
from tests.support.virtual_loop import run_virtual

PICTURE_LOST, FULL_INTRA = (206, 1), (206, 4)
NACK = (205, 1)


@asynccontextmanager
async def cameras(count: int) -> AsyncIterator[list[Camera]]:
    """The first of them knows VP8 by another number than the others."""
    engine = SteppedEngine(first_port=33000, last_port=33999)
    made = [Camera(engine, vp8=100 if not i else 96, ssrc=i + 1) for i in range(count)]
    try:
        for each in made:
            each.send()  # so that its sender is known
        await step(engine)
        yield made
    finally:
        for each in made:
            each.close()
        await engine.close()


async def step(engine: SteppedEngine, seconds: float = 0.02) -> None:
    await asyncio.sleep(seconds)
    engine.step()


def test_many_see_one_each_as_a_stream_of_its_own() -> None:
    async def main() -> None:
        async with cameras(3) as (ann, bob, cleo):
            for watcher in (bob, cleo):
                ann.engine.show(watcher.passage, ann.passage)
            ann.send(3)
            await step(ann.engine)
            streams = [watcher.seen() for watcher in (bob, cleo)]
            for packets in streams:
                assert [packet.payload_type for packet in packets] == [96] * 3
                assert [packet.payload for packet in packets] == [b"frame"] * 3
                first = packets[0].sequence
                assert [p.sequence for p in packets] == [(first + i) & 0xFFFF for i in range(3)]
            assert streams[0][0].ssrc != streams[1][0].ssrc
            assert ann.seen() == []

    run_virtual(main())


def test_another_sender_goes_on_behind_the_first_one() -> None:
    async def main() -> None:
        async with cameras(3) as (ann, bob, cleo):
            ann.engine.show(cleo.passage, ann.passage)
            ann.send(3)
            await step(ann.engine)
            await step(ann.engine, 0.5)
            ann.engine.show(cleo.passage, bob.passage)
            ann.send(2)  # nobody sees it any more
            bob.send(2, payload=b"other")
            await step(ann.engine)
            packets = cleo.seen()
            assert [packet.payload for packet in packets] == 3 * [b"frame"] + 2 * [b"other"]
            first = packets[0]
            assert {packet.ssrc for packet in packets} == {first.ssrc}
            assert [(p.sequence - first.sequence) & 0xFFFF for p in packets] == [0, 1, 2, 3, 4]
            times = [(p.timestamp - first.timestamp) & 0xFFFFFFFF for p in packets]
            assert times[:3] == [0, 3000, 6000]
            assert times[3] - times[2] == pytest.approx(0.52 * 90000, abs=2000)
            assert times[4] - times[3] == 3000

    run_virtual(main())


def test_whoever_begins_to_watch_asks_for_a_whole_picture() -> None:
    async def main() -> None:
        async with cameras(2) as (ann, bob):
            ann.engine.show(bob.passage, ann.passage)
            await step(ann.engine)
            assert ann.asked() == [PICTURE_LOST]
            ann.engine.show(bob.passage, ann.passage)  # he does already
            await step(ann.engine)
            assert ann.asked() == []

    run_virtual(main())


@pytest.mark.parametrize("wish", [PICTURE_LOST, FULL_INTRA])
def test_wishes_for_a_whole_picture_reach_the_sender_now_and_then(wish: tuple[int, int]) -> None:
    async def main() -> None:
        async with cameras(3) as (ann, bob, cleo):
            for watcher in (bob, cleo):
                ann.engine.show(watcher.passage, ann.passage, picture_pause=2.0)
            await step(ann.engine)
            assert len(ann.asked()) == 2  # each began
            for pause, expected in ((1.0, []), (1.5, [PICTURE_LOST])):
                await step(ann.engine, pause)
                for watcher in (bob, cleo):
                    watcher.report(wish)
                await step(ann.engine)
                assert ann.asked() == expected
            assert bob.asked() == cleo.asked() == []

    run_virtual(main())


def test_lost_packets_are_asked_for_by_the_senders_numbers() -> None:
    async def main() -> None:
        async with cameras(2) as (ann, bob):
            ann.engine.show(bob.passage, ann.passage)
            sent = ann.sequence & 0xFFFF
            ann.send(4)
            await step(ann.engine)
            lost = bob.seen()[2].sequence
            ann.asked()
            bob.report(NACK, struct.pack("!HH", lost, 0b1))
            await step(ann.engine)
            (report,) = received(ann.rtcp)
            assert (report[1], report[0] & 31) == NACK
            assert struct.unpack("!IHH", report[8:]) == (ann.ssrc, (sent + 2) & 0xFFFF, 0b1)

    run_virtual(main())


def test_reports_that_are_none_change_nothing() -> None:
    async def main() -> None:
        async with cameras(2) as (ann, bob):
            ann.engine.show(bob.passage, ann.passage)
            await step(ann.engine)
            ann.asked()
            host, port = bob.passage.local_address
            for data in (b"\x81\xce\xff\xff" + bytes(8), b"\x81\xcd\x00\x01" + bytes(4), bytes(12)):
                bob.rtcp.sendto(data, (host, port + 1))
            bob.report(NACK, bytes(4 * 17))
            await step(ann.engine)
            assert ann.asked() == []

    run_virtual(main())


def test_a_codec_that_was_not_agreed_is_not_shown() -> None:
    async def main() -> None:
        async with cameras(2) as (ann, bob):
            bob.passage.update(PassagePlan(Carries.VIDEO, bob.rtp.getsockname(), {"H264": 97}))
            ann.engine.show(bob.passage, ann.passage)
            ann.send()
            ann.send(type_offset=1)
            await step(ann.engine)
            assert [packet.payload_type for packet in bob.seen()] == [97]

    run_virtual(main())


def test_nobody_is_shown_any_more_and_whoever_goes_is_forgotten() -> None:
    async def main() -> None:
        async with cameras(4) as (ann, bob, cleo, dave):
            for watcher in (bob, cleo):
                ann.engine.show(watcher.passage, ann.passage)
            ann.engine.show(bob.passage, None)
            ann.send()
            await step(ann.engine)
            assert (len(bob.seen()), len(cleo.seen())) == (0, 1)
            cleo.passage.close()
            ann.send()
            await step(ann.engine)
            ann.engine.show(bob.passage, dave.passage)
            dave.passage.close()  # who is watched goes
            await step(ann.engine)
            ann.engine.connect_passages(ann.passage, bob.passage)
            ann.send()
            await step(ann.engine)
            assert len(bob.seen()) == 1

    run_virtual(main())
