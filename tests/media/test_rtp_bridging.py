"""Two parties that hear each other: packets passed on as they are, other codecs, pipes between."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest

from switchroom.media.api import PlaybackEnd, RecordingEnded, Sound
from switchroom.media.codecs.samples import decode, encode
from switchroom.media.files.reading import read_sound
from tests.media.calls import RtpCall, find_in, make_engine, noise, rtp_call, run, values
from tests.media.conformance.stage import Ear
from tests.media.rtp_party import EVENT_TYPE, PAYLOAD_TYPES, RtpPacket

SAID = noise(0.4)  #: twenty frames


@asynccontextmanager
async def bridge(
    one_codec: str = "PCMU", two_codec: str = "PCMU"
) -> AsyncIterator[tuple[RtpCall, RtpCall]]:
    async with (
        make_engine() as engine,
        rtp_call(engine, one_codec) as one,
        rtp_call(engine, two_codec) as two,
    ):
        engine.connect(one.stream, two.stream)
        yield one, two


async def heard(call: RtpCall, count: int) -> list[RtpPacket]:
    await call.party.until(lambda: len(call.party.heard) >= count)
    return call.party.heard[:count]


def distances(numbers: list[int], bits: int) -> list[int]:
    return [(number - numbers[0]) % 2**bits for number in numbers]


# packets passed on


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_like_codecs_are_passed_on_octet_by_octet(codec: str) -> None:
    async def scenario() -> list[RtpPacket]:
        async with bridge(codec, codec) as (one, two):
            one.party.burst(SAID)
            return await heard(two, 20)

    packets = run(scenario())
    assert b"".join(p.payload for p in packets) == encode(codec, SAID)
    assert {p.payload_type for p in packets} == {PAYLOAD_TYPES[codec]}
    assert len({p.ssrc for p in packets}) == 1
    assert [p.marker for p in packets] == [True] + [False] * 19
    assert distances([p.sequence for p in packets], 16) == list(range(20))
    assert distances([p.timestamp for p in packets], 32) == list(range(0, 3200, 160))


def test_both_directions_at_once() -> None:
    async def scenario() -> None:
        async with bridge() as (one, two):
            one.party.burst(SAID)
            two.party.burst(noise(0.4, seed=2))
            await heard(two, 20)
            await heard(one, 20)
            assert two.party.audio() == decode("PCMU", encode("PCMU", SAID))
            assert one.party.audio() == decode("PCMU", encode("PCMU", noise(0.4, seed=2)))

    run(scenario())


def test_loss_and_disorder_stay_visible() -> None:
    """Who hides them here takes the receiver's concealment and reordering away from it."""
    order = [0, 1, 4, 3, 2, 10, 9, 11]

    async def scenario() -> list[RtpPacket]:
        async with bridge() as (one, two):
            one.party.burst(SAID, order=order)
            return await heard(two, len(order))

    packets = run(scenario())
    assert distances([p.sequence for p in packets], 16) == order
    assert distances([p.timestamp for p in packets], 32) == [160 * number for number in order]


def test_packets_of_another_length_are_passed_on() -> None:
    async def scenario() -> list[RtpPacket]:
        async with bridge() as (one, two):
            one.party.burst(SAID[: 2 * 480 * 6], step=480)
            return await heard(two, 6)

    assert {len(p.payload) for p in run(scenario())} == {480}


def test_another_sender_in_the_middle_of_the_call() -> None:
    """The party is re-invited elsewhere: its packets begin anew, ours go on."""

    async def scenario() -> list[RtpPacket]:
        async with bridge() as (one, two):
            one.party.burst(SAID[:1600])
            await heard(two, 5)
            one.party.ssrc += 1
            one.party.sequence = 7
            one.party.timestamp = 1
            one.party.burst(SAID[:1600])
            return await heard(two, 10)

    packets = run(scenario())
    assert distances([p.sequence for p in packets], 16) == list(range(10))
    assert packets[5].marker
    assert 160 <= (packets[5].timestamp - packets[4].timestamp) % 2**32 < 160000
    assert {p.ssrc for p in packets} == {packets[0].ssrc}


@pytest.mark.parametrize("jump", [-20000, -3000, 5000, 30000])
def test_a_sender_whose_numbers_jump_is_still_passed_on(jump: int) -> None:
    async def scenario() -> list[RtpPacket]:
        async with bridge() as (one, two):
            one.party.burst(SAID[:1600])
            await heard(two, 5)
            one.party.sequence += jump
            one.party.burst(SAID[1600:3200])
            return await heard(two, 10)

    packets = run(scenario())
    assert distances([p.sequence for p in packets], 16) == list(range(10))


def test_a_key_interrupts_and_the_clock_goes_on() -> None:
    async def scenario() -> list[RtpPacket]:
        async with bridge() as (one, two):
            one.party.start_saying(noise(0.8))
            await heard(two, 5)
            one.party.press("5", 0.1)
            await two.party.until(lambda: len(two.party.packets(EVENT_TYPE)) == 7)
            return await heard(two, len(two.party.heard) + 5)

    packets = run(scenario())
    kinds = [kind for kind, _ in itertools.groupby(packets, lambda p: p.payload_type)]
    assert kinds == [0, EVENT_TYPE, 0]
    assert distances([p.sequence for p in packets], 16) == list(range(len(packets)))
    times = distances([p.timestamp for p in packets], 32)
    assert times == sorted(times)


def test_a_prompt_in_between_keeps_numbers_and_clock() -> None:
    async def scenario() -> list[RtpPacket]:
        async with bridge() as (one, two):
            one.party.start_saying(noise(1.2))
            await heard(two, 5)
            assert (
                await two.stream.play(Sound("prompt", noise(0.2, seed=9))) is PlaybackEnd.FINISHED
            )
            return await heard(two, len(two.party.heard) + 10)

    packets = run(scenario())
    assert distances([p.sequence for p in packets], 16) == list(range(len(packets)))
    times = distances([p.timestamp for p in packets], 32)
    assert times == sorted(times)
    assert max(after - before for before, after in itertools.pairwise(times)) < 4000


def test_a_prompt_behind_packets_that_came_early_does_not_turn_the_clock_back() -> None:
    async def scenario() -> list[RtpPacket]:
        async with bridge() as (one, two):
            one.party.burst(SAID)  # 0.4 s at once: its clock is far ahead of ours
            await heard(two, 20)
            await two.stream.play(Sound("prompt", noise(0.04, seed=9)))
            return await heard(two, 22)

    times = distances([p.timestamp for p in run(scenario())], 32)
    assert times == sorted(times)
    assert times[20] - times[19] >= 160


def test_what_is_passed_on_is_recorded_too(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with bridge() as (one, two):
            one.stream.start_recording(tmp_path / "call.sln", max_duration=0.6)
            one.party.burst(SAID)
            await heard(two, 20)
            assert two.party.audio() == decode("PCMU", encode("PCMU", SAID))
            await one.ear.next(RecordingEnded)
            return read_sound(tmp_path / "call.sln")[0]

    assert decode("PCMU", encode("PCMU", SAID)) in run(scenario())


def test_after_the_connection_nothing_is_heard() -> None:
    async def scenario() -> None:
        async with bridge() as (one, two):
            one.party.burst(SAID[:1600])
            await heard(two, 5)
            one.engine.disconnect(one.stream, two.stream)
            one.party.burst(SAID)
            await one.received(25)
            await asyncio.sleep(0.05)
            assert len(two.party.heard) == 5

    run(scenario())


def test_a_party_that_hangs_up_leaves_the_other_alone() -> None:
    async def scenario() -> None:
        async with bridge() as (one, two):
            one.party.burst(SAID[:1600])
            await heard(two, 5)
            one.stream.close()
            two.party.burst(SAID)
            await two.received(20)
            assert await two.stream.play(Sound("noise", noise(0.1))) is PlaybackEnd.FINISHED
            await heard(two, 10)

    run(scenario())


# other codecs


@pytest.mark.parametrize(("one_codec", "two_codec"), [("PCMU", "PCMA"), ("PCMA", "PCMU")])
def test_other_codecs_are_translated(one_codec: str, two_codec: str) -> None:
    wanted = decode(two_codec, encode(two_codec, decode(one_codec, encode(one_codec, SAID))))

    async def scenario() -> bytes:
        async with bridge(one_codec, two_codec) as (one, two):
            one.party.burst(SAID)
            await two.party.until(lambda: wanted in two.party.audio())
            assert {p.payload_type for p in two.party.heard} == {PAYLOAD_TYPES[two_codec]}
            assert {len(p.payload) for p in two.party.heard} == {160}
            return two.party.audio()

    assert wanted in run(scenario())


def test_a_translated_loss_is_concealed() -> None:
    order = [number for number in range(20) if number != 10]
    wanted = decode("PCMA", encode("PCMA", decode("PCMU", encode("PCMU", SAID))))

    async def scenario() -> bytes:
        async with bridge("PCMU", "PCMA") as (one, two):
            one.party.burst(SAID, order=order)
            await two.party.until(lambda: wanted[19 * 320 :] in two.party.audio())
            return two.party.audio()

    audio = run(scenario())
    at, _ = find_in(audio, wanted[6 * 320 : 9 * 320])
    hidden = values(audio)[at + 4 * 160 : at + 5 * 160]
    assert np.abs(hidden).mean() == pytest.approx(np.abs(values(wanted)).mean(), rel=0.25)


# pipes


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_two_parties_hear_each_other_through_a_pipe(codec: str) -> None:
    wanted = decode(codec, encode(codec, decode("PCMU", encode("PCMU", SAID))))

    async def scenario() -> None:
        async with make_engine() as engine, rtp_call(engine) as one, rtp_call(engine, codec) as two:
            near, far = engine.open_pipe(Ear(), Ear())
            engine.connect(one.stream, near)
            engine.connect(far, two.stream)
            one.party.burst(SAID)
            await two.party.until(lambda: wanted in two.party.audio())
            two.party.burst(noise(0.2, seed=4))
            other = decode(codec, encode(codec, noise(0.2, seed=4)))
            await one.party.until(lambda: find_in(one.party.audio(), other)[1] > 0.99)

    run(scenario())


def test_what_is_played_to_one_end_is_what_the_other_says(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with make_engine() as engine:
            ear = Ear()
            one, two = engine.open_pipe(Ear(), ear)
            two.start_recording(tmp_path / "pipe.sln", max_duration=0.6)
            await asyncio.sleep(0.05)
            assert await one.play(Sound("noise", SAID)) is PlaybackEnd.FINISHED
            await ear.next(RecordingEnded)
            return read_sound(tmp_path / "pipe.sln")[0]

    assert SAID in run(scenario())


def test_a_pipe_echoes() -> None:
    async def scenario() -> None:
        async with make_engine() as engine, rtp_call(engine) as one:
            near, far = engine.open_pipe(Ear(), Ear())
            engine.connect(one.stream, near)
            far.set_echo(enabled=True)
            one.party.burst(SAID)
            wanted = decode("PCMU", encode("PCMU", SAID))
            await one.party.until(lambda: wanted in one.party.audio())

    run(scenario())
