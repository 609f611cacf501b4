"""What the engine sends: headers, packet lengths, and that it is the sound that was played."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from switchroom.media.api import Direction, PlaybackEnd, Sound
from switchroom.media.codecs.samples import decode, encode
from tests.media.calls import find_in, make_engine, make_plan, noise, one_call, rtp_call, run
from tests.media.rtp_party import PAYLOAD_TYPES, RtpPacket, rtp_party, tone


async def hear(seconds: float, codec: str = "PCMU", **plan: object) -> list[RtpPacket]:
    """All packets of one playback."""
    async with one_call(codec, **plan) as call:
        sound = Sound("noise", noise(seconds))
        assert await call.stream.play(sound) is PlaybackEnd.FINISHED
        length = round(8000 * float(str(plan.get("ptime", 0.02))))
        count = -(-len(sound.samples) // 2 // length)
        await call.party.until(lambda: len(call.party.heard) >= count)
        await asyncio.sleep(0.05)
        return call.party.heard


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_a_sound_arrives_as_it_was_played(codec: str) -> None:
    packets = run(hear(0.5, codec))
    assert {p.payload_type for p in packets} == {PAYLOAD_TYPES[codec]}
    heard = b"".join(p.payload for p in packets)
    assert heard == encode(codec, noise(0.5))


def test_sequence_timestamps_source_and_marker() -> None:
    packets = run(hear(0.4))
    assert len(packets) == 20
    first = packets[0]
    for number, packet in enumerate(packets):
        assert packet.sequence == (first.sequence + number) & 0xFFFF
        assert packet.timestamp == (first.timestamp + 160 * number) & 0xFFFFFFFF
        assert packet.ssrc == first.ssrc
        assert packet.marker is (number == 0)


def test_two_streams_begin_at_random() -> None:
    one, two = run(hear(0.04))[0], run(hear(0.04))[0]
    assert one.ssrc != two.ssrc
    assert one.timestamp != two.timestamp


@pytest.mark.parametrize("ptime", [0.01, 0.02, 0.03, 0.04, 0.06])
def test_packets_have_the_agreed_length(ptime: float) -> None:
    packets = run(hear(0.36, ptime=ptime))
    length = round(8000 * ptime)
    assert {len(p.payload) for p in packets} == {length}
    for before, after in itertools.pairwise(packets):
        assert (after.timestamp - before.timestamp) & 0xFFFFFFFF == length


def test_the_last_packet_is_filled_with_silence() -> None:
    """A sound that ends within a packet of 60 ms is sent to its end."""
    packets = run(hear(0.1, ptime=0.06))
    heard = b"".join(p.payload for p in packets)
    assert heard == encode("PCMU", noise(0.1)) + b"\xff" * 160


def test_a_talk_spurt_after_a_pause_keeps_the_clock_and_has_a_marker() -> None:
    async def scenario() -> list[RtpPacket]:
        async with one_call() as call:
            for _ in range(2):
                await call.stream.play(Sound("noise", noise(0.1)))
                await asyncio.sleep(0.2)
            return call.party.heard

    packets = run(scenario())
    assert [p.marker for p in packets].count(True) == 2
    first, second = packets[0], packets[5]
    assert second.marker
    assert second.sequence == (first.sequence + 5) & 0xFFFF
    pause = (second.timestamp - first.timestamp) & 0xFFFFFFFF
    assert pause % 160 == 0
    assert 800 + 160 * 5 <= pause <= 8000 * 2


def test_nothing_is_sent_while_there_is_nothing_to_say() -> None:
    async def scenario() -> int:
        async with one_call() as call:
            await asyncio.sleep(0.2)
            return len(call.party.heard)

    assert run(scenario()) == 0


@pytest.mark.parametrize("direction", [Direction.RECVONLY, Direction.INACTIVE])
def test_nothing_is_sent_against_the_direction(direction: Direction) -> None:
    async def scenario() -> int:
        async with one_call(direction=direction) as call:
            call.stream.send_digit("1")
            assert await call.stream.play(Sound("noise", noise(0.2))) is PlaybackEnd.FINISHED
            return len(call.party.heard)

    assert run(scenario()) == 0


def test_another_rate_is_converted() -> None:
    async def scenario() -> bytes:
        async with one_call() as call:
            wide = bytes(2 * 16000 // 5)
            assert await call.stream.play(Sound("wide", wide, 16000)) is PlaybackEnd.FINISHED
            await call.party.until(lambda: len(call.party.heard) == 10)
            return call.party.audio()

    assert run(scenario()) == bytes(2 * 1600)


def test_a_new_plan_changes_codec_and_address_and_keeps_the_source() -> None:
    async def scenario() -> None:
        async with one_call() as call, rtp_party("PCMA") as other:
            await call.stream.play(Sound("noise", noise(0.1)))
            await call.party.until(lambda: len(call.party.heard) == 5)
            call.stream.update(make_plan(other))
            await call.stream.play(Sound("noise", noise(0.1, seed=2)))
            await other.until(lambda: len(other.heard) == 5)
            assert len(call.party.heard) == 5
            assert other.audio() == decode("PCMA", encode("PCMA", noise(0.1, seed=2)))
            assert other.heard[0].ssrc == call.party.heard[0].ssrc
            assert other.heard[0].sequence == (call.party.heard[-1].sequence + 1) & 0xFFFF

    run(scenario())


def test_a_stopped_sound_stops_at_the_next_frame() -> None:
    async def scenario() -> tuple[int, int]:
        async with one_call() as call:
            async with asyncio.TaskGroup() as group:
                task = group.create_task(call.stream.play(Sound("tone", tone(440, 20.0))))
                await call.party.until(lambda: len(call.party.heard) >= 5)
                call.stream.stop_playback()
                assert await task is PlaybackEnd.STOPPED
            await asyncio.sleep(0.02)
            stopped = len(call.party.heard)
            await asyncio.sleep(0.1)
            return stopped, len(call.party.heard)

    stopped, later = run(scenario())
    assert later == stopped


def test_a_playing_party_hears_its_peer_as_well() -> None:
    """A sound played into a connection is mixed with what the other says."""

    async def scenario() -> bytes:
        async with make_engine() as engine, rtp_call(engine) as one, rtp_call(engine) as two:
            engine.connect(one.stream, two.stream)
            two.party.start_saying(noise(1.0, seed=7))
            await one.party.until(lambda: len(one.party.heard) >= 3)
            await one.stream.play(Sound("noise", noise(0.5, seed=8)))
            return one.party.audio()

    heard = run(scenario())
    at, likeness = find_in(heard, noise(0.5, seed=8))
    assert likeness > 0.6  # two sounds of one loudness: 0.7
    middle = heard[2 * (at + 800) : 2 * (at + 2400)]
    assert find_in(noise(1.0, seed=7), middle)[1] > 0.6


def test_a_stream_without_an_address_learns_it_from_the_first_packet() -> None:
    async def scenario() -> bool:
        async with one_call(remote=None) as call:
            assert await call.stream.play(Sound("noise", noise(0.1))) is PlaybackEnd.FINISHED
            assert call.party.heard == []
            call.party.send_frame(bytes(320))
            await asyncio.sleep(0.05)
            await call.stream.play(Sound("noise", noise(0.1)))
            await call.party.until(lambda: len(call.party.heard) >= 5)
            return call.party.heard[0].marker

    assert run(scenario())
