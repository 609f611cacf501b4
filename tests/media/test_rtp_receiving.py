"""What the engine makes of what comes in: recordings, disorder and loss, foreign senders, nonsense."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from switchroom.media.api import (
    Direction,
    DtmfEnded,
    RecordingEnded,
    RtpTimedOut,
    Sound,
    StreamStatistics,
)
from switchroom.media.codecs.samples import decode, encode
from switchroom.media.files.reading import read_sound
from tests.media.calls import (
    RtpCall,
    find_in,
    frequencies,
    make_engine,
    make_plan,
    noise,
    one_call,
    rtp_call,
    run,
    values,
)
from tests.media.rtp_party import RtpPacket, rtp_party, tone

SAID = noise(0.4)  #: twenty frames
HEARD = decode("PCMU", encode("PCMU", SAID))


async def record_call(call: RtpCall, path: Path, seconds: float) -> bytes:
    """Record for so long; returns the samples in the file."""
    call.stream.start_recording(path, max_duration=seconds)
    await call.ear.next(RecordingEnded)
    return read_sound(path)[0]


async def record_burst(
    path: Path,
    order: Sequence[int] | None = None,
    *,
    said: bytes = SAID,
    step: int = 160,
    seconds: float = 0.6,
) -> bytes:
    """What is in a recording of packets sent in an order."""
    async with one_call() as call:
        call.stream.start_recording(path, max_duration=seconds)
        call.party.burst(said, order=order, step=step)
        await call.ear.next(RecordingEnded)
        return read_sound(path)[0]


def place(recorded: bytes) -> np.ndarray:
    """The twenty frames of the recording, found by the second to fifth of them."""
    at, likeness = find_in(recorded, HEARD[320 : 5 * 320])
    assert likeness > 0.999
    frames = values(recorded)[at - 160 : at + 19 * 160]
    return frames.reshape(20, 160)


# recordings


@pytest.mark.parametrize("suffix", ["wav", "ulaw", "alaw", "sln"])
def test_a_recording_holds_what_was_said(tmp_path: Path, suffix: str) -> None:
    recorded = run(record_burst(tmp_path / f"message.{suffix}"))
    wanted = decode("PCMA", encode("PCMA", HEARD)) if suffix == "alaw" else HEARD
    assert wanted in recorded
    assert len(recorded) == round(0.6 * 16000)
    assert set(recorded.partition(wanted)[2][-800:]) <= {0, 8, 0xF8, 0xFF}  # silence behind it


def test_a_recording_in_gsm(tmp_path: Path) -> None:
    pytest.importorskip("soundfile", reason="the extra `sounds` is not installed")
    recorded = run(record_burst(tmp_path / "message.gsm", said=tone(700, 0.4)))
    assert frequencies(recorded) == [700]
    assert len(recorded) == 0.6 * 16000


def test_what_is_said_before_and_after_is_not_recorded(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with one_call() as call:
            call.party.burst(noise(0.1, seed=5))
            await asyncio.sleep(0.2)
            recorded = await record_call(call, tmp_path / "message.sln", 0.2)
            call.party.burst(noise(0.1, seed=6))
            await asyncio.sleep(0.2)
            assert (tmp_path / "message.sln").stat().st_size == len(recorded)
            return recorded

    assert run(scenario()) == bytes(3200)


# disorder and loss


def test_packets_in_disorder_are_heard_in_order(tmp_path: Path) -> None:
    later = list(range(1, 20))
    random.Random(3).shuffle(later)
    assert HEARD in run(record_burst(tmp_path / "message.sln", [0, *later]))


def test_packets_that_come_twice_are_heard_once(tmp_path: Path) -> None:
    order = [number for number in range(20) for _ in range(2)]
    assert HEARD in run(record_burst(tmp_path / "message.sln", order))


def test_nothing_is_heard_again_when_the_buffer_is_round(tmp_path: Path) -> None:
    """It is a ring of a second: what was heard must be gone when its place comes again."""
    recorded = run(record_burst(tmp_path / "message.sln", seconds=1.6))
    behind = recorded.partition(HEARD)[2]
    assert len(behind) > 16000
    assert not any(behind[3 * 320 :])  # three frames are made up


@pytest.mark.parametrize("step", [80, 240, 480])
def test_packets_of_other_lengths(tmp_path: Path, step: int) -> None:
    recorded = run(record_burst(tmp_path / "message.sln", said=HEARD[:5760], step=step))
    assert HEARD[:5760] in recorded


SEAM = 40  #: samples in which what comes behind a loss is blended in


def loudness(frames: np.ndarray) -> list[float]:
    return [float(np.abs(frame).mean()) for frame in frames]


def test_a_lost_packet_is_concealed(tmp_path: Path) -> None:
    lost = {6, 12, 13}
    order = [number for number in range(20) if number not in lost]
    frames = place(run(record_burst(tmp_path / "message.sln", order)))
    original = values(HEARD).reshape(20, 160)
    for number in range(20):
        if number not in lost:
            since = SEAM if number - 1 in lost else 0
            assert (frames[number][since:] == original[number][since:]).all()
    heard, usual = loudness(frames), np.mean(loudness(original))
    assert heard[6] == pytest.approx(usual, rel=0.25)
    assert heard[12] == pytest.approx(usual, rel=0.25)
    assert 0.5 * usual < heard[13] < 0.9 * usual


def test_a_part_of_a_frame_that_is_lost_is_concealed(tmp_path: Path) -> None:
    """Packets of 10 ms: two of them make a frame."""
    order = [number for number in range(40) if number != 21]
    frames = place(run(record_burst(tmp_path / "message.sln", order, step=80))).reshape(40, 80)
    heard = loudness(frames)
    assert heard[21] == pytest.approx(np.mean(heard[1:21]), rel=0.3)


@pytest.mark.parametrize("hertz", [(133,), (300,), (450, 900), (120, 360, 1200)])
def test_a_lost_packet_of_a_steady_sound_is_not_heard(
    tmp_path: Path, hertz: tuple[int, ...]
) -> None:
    said = np.sum([values(tone(each, 0.4)) for each in hertz], axis=0).astype(np.int16).tobytes()
    order = [number for number in range(20) if number != 6]
    recorded = run(record_burst(tmp_path / "message.sln", order, said=said))
    wanted = decode("PCMU", encode("PCMU", said))
    at = recorded.index(wanted[640:1280]) // 2 - 320
    missed = values(recorded)[at : at + 3200] - values(wanted)
    assert np.abs(missed[6 * 160 : 7 * 160 + SEAM]).max() < 0.3 * np.abs(values(wanted)).max()


def test_a_long_loss_fades_to_silence(tmp_path: Path) -> None:
    order = [number for number in range(20) if not 7 <= number < 15]
    frames = place(run(record_burst(tmp_path / "message.sln", order)))
    heard = loudness(frames[7:15])
    assert heard[0] > heard[1] > heard[2] > 100
    assert heard[3:] == [0] * 5
    original = values(HEARD).reshape(20, 160)
    assert (frames[15][SEAM:] == original[15][SEAM:]).all()
    assert (frames[16:] == original[16:]).all()


@pytest.mark.parametrize(("ssrc", "clock"), [(1, 0), (0, 5000), (0, 0x7000_0000), (1, -5000)])
def test_a_sender_whose_clock_jumps_is_heard_again(tmp_path: Path, ssrc: int, clock: int) -> None:
    async def scenario() -> bytes:
        async with one_call() as call:
            call.stream.start_recording(tmp_path / "message.sln", max_duration=0.8)
            call.party.burst(noise(0.1, seed=5))
            await asyncio.sleep(0.3)
            call.party.ssrc += ssrc
            call.party.timestamp += clock
            call.party.burst(HEARD[:6400])
            await call.ear.next(RecordingEnded)
            return read_sound(tmp_path / "message.sln")[0]

    assert find_in(run(scenario()), HEARD[1600:6400])[1] > 0.9


def test_a_clock_that_jumps_makes_no_hole(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with one_call() as call:
            call.stream.start_recording(tmp_path / "message.sln", max_duration=0.5)
            await call.party.say(noise(0.2, seed=5))
            call.party.timestamp += 20000
            await call.party.say(noise(0.2, seed=6))
            await call.ear.next(RecordingEnded)
            return read_sound(tmp_path / "message.sln")[0]

    recorded = values(run(scenario()))
    said = np.flatnonzero(recorded)
    frames = recorded[said[0] : said[0] + 16 * 160].reshape(-1, 160)
    assert min(loudness(frames)) > 300


def test_what_was_lost_is_counted() -> None:
    async def scenario() -> StreamStatistics:
        async with one_call() as call:
            call.party.burst(SAID, order=[0, 1, 2, 5, 4, 9])
            call.party.ssrc += 1  # what its sender before lost stays lost
            call.party.burst(SAID, order=[0, 2])
            await call.received(8)
            call.stream.close()
            return call.stream.statistics()

    counted = run(scenario())
    assert counted.packets_received == 8
    assert counted.octets_received == 8 * 160
    assert counted.packets_lost == 5
    assert counted.packets_dropped == 0


# echo


def test_echo_sends_back_what_was_said() -> None:
    async def scenario() -> bytes:
        async with one_call() as call:
            call.stream.set_echo(enabled=True)
            call.party.burst(SAID)
            await call.party.until(lambda: find_in(call.party.audio(), HEARD)[1] > 0.999)
            call.stream.set_echo(enabled=False)
            await asyncio.sleep(0.05)
            before = len(call.party.heard)
            call.party.burst(SAID)
            await asyncio.sleep(0.2)
            assert len(call.party.heard) == before
            return call.party.audio()

    assert HEARD in run(scenario())


# silence of the party


def test_a_party_that_sends_nothing_is_reported_once() -> None:
    async def scenario() -> None:
        async with one_call(receive_timeout=0.2) as call:
            first = await call.ear.next(RtpTimedOut)
            assert 0.2 <= first.silent_for < 0.3
            await asyncio.sleep(0.3)
            assert call.ear.events == [first]
            call.party.send_frame(bytes(320))
            await call.ear.next(RtpTimedOut, 2)

    run(scenario())


def test_a_party_on_hold_is_watched_as_long_as_the_plan_says() -> None:
    async def scenario() -> None:
        async with one_call(receive_timeout=0.1, direction=Direction.SENDONLY) as call:
            assert (await call.ear.next(RtpTimedOut)).silent_for < 0.3

    run(scenario())


def test_what_a_party_on_hold_says_is_not_heard(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with one_call(direction=Direction.SENDONLY) as call:
            call.party.burst(SAID)
            call.party.press("1")
            recorded = await record_call(call, tmp_path / "message.sln", 0.3)
            assert call.ear.digits == ""
            return recorded

    assert run(scenario()) == bytes(4800)


# who is the party


def test_a_foreign_sender_is_dropped_once_the_party_has_spoken() -> None:
    async def scenario() -> None:
        async with one_call() as call, rtp_party() as foreign:
            foreign.remote = call.stream.local_address
            call.party.press("1")
            await call.ear.next(DtmfEnded)
            foreign.press("9")
            call.party.press("2")
            await call.ear.next(DtmfEnded, 2)
            assert call.ear.digits == "12"
            await call.stream.play(Sound("noise", noise(0.04)))
            await call.party.until(lambda: len(call.party.heard) == 2)
            assert foreign.heard == []

    run(scenario())


def test_the_agreed_address_is_always_accepted() -> None:
    async def scenario() -> None:
        async with one_call() as call, rtp_party() as foreign:
            foreign.remote = call.stream.local_address
            foreign.press("9", ends=9)
            await call.ear.next(DtmfEnded)
            call.party.press("1")
            await call.ear.next(DtmfEnded, 2)
            foreign.timestamp += 80000
            foreign.press("8")
            call.party.press("2")
            await call.ear.next(DtmfEnded, 3)
            assert call.ear.digits == "912"

    run(scenario())


def test_one_stray_packet_does_not_lock_the_party_out() -> None:
    """A phone behind NAT announces an address that it does not send from."""

    async def scenario() -> None:
        async with one_call(remote=("192.0.2.1", 4000)) as call, rtp_party() as stray:
            stray.remote = call.stream.local_address
            stray.send_frame(bytes(320))
            await call.received(1)
            call.party.burst(SAID[:6400])
            await call.received(21)
            stray.press("9")
            call.party.press("1")
            await call.ear.next(DtmfEnded)
            assert call.ear.digits == "1"
            await call.stream.play(Sound("noise", noise(0.04)))
            await call.party.until(lambda: len(call.party.heard) == 2)

    run(scenario())


def test_without_symmetry_the_agreed_address_is_sent_to() -> None:
    async def scenario() -> None:
        async with (
            rtp_party() as agreed,
            one_call(remote=agreed.address, symmetric=False) as call,
        ):
            call.party.burst(SAID[:3200])
            await call.received(10)
            await call.stream.play(Sound("noise", noise(0.1)))
            await agreed.until(lambda: len(agreed.heard) == 5)
            assert call.party.heard == []

    run(scenario())


def test_a_party_that_announces_another_address_is_learned_anew() -> None:
    async def scenario() -> None:
        async with one_call() as call, rtp_party() as moved:
            call.party.press("1")
            await call.ear.next(DtmfEnded)
            call.stream.update(make_plan(moved))
            moved.remote = call.stream.local_address
            moved.press("2")
            await call.ear.next(DtmfEnded, 2)
            call.party.press("3")
            moved.press("4")
            await call.ear.next(DtmfEnded, 3)
            assert call.ear.digits == "124"

    run(scenario())


def test_a_party_that_moves_behind_another_nat_is_learned_anew() -> None:
    async def scenario() -> None:
        async with one_call() as call, rtp_party() as moved:
            call.party.press("1")
            await call.ear.next(DtmfEnded)
            call.stream.update(make_plan(call.party, remote=("192.0.2.1", 4000)))
            moved.remote = call.stream.local_address
            moved.press("2")
            await call.ear.next(DtmfEnded, 2)
            await call.stream.play(Sound("noise", noise(0.04)))
            await moved.until(lambda: len(moved.heard) == 2)

    run(scenario())


# nonsense


def make_nonsense(count: int) -> list[bytes]:
    """Datagrams that are no RTP, or RTP that lies about itself."""
    draw = random.Random(4733)
    good = RtpPacket(0, 1, 160, 0x1234, bytes(160)).to_bytes()
    event = RtpPacket(101, 2, 320, 0x1234, b"\1\x8a\3\x20").to_bytes()
    made = [
        b"\x80",
        good[:11],
        bytes([0x8F]) + good[1:12],  # fifteen sources that are not there
        bytes([0x90]) + good[1:12],  # an extension that is not there
        bytes([0x90]) + good[1:12] + b"\0\0\xff\xff",  # a very long one
        bytes([0xA0]) + good[1:-1] + b"\xff",  # more padding than packet
        bytes([0xA0]) + good[1:-1] + b"\0",  # padding of nothing
        bytes([0x00]) + good[1:],  # STUN looks like this
        good + bytes(9000),
        good[:12],
        event[:12],
        event[:13],
    ]
    while len(made) < count:
        kind = draw.choice([good, event, draw.randbytes(draw.randrange(1400))])
        broken = bytearray(kind)
        for _ in range(draw.randrange(1, 8)):
            if broken:
                broken[draw.randrange(len(broken))] = draw.randrange(256)
        made.append(bytes(broken[: draw.randint(1, len(broken))]) if broken else b"\0")
    return made


def test_a_thousand_malformed_datagrams_leave_it_working(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with (
            make_engine() as engine,
            rtp_call(engine) as one,
            rtp_call(engine) as two,
            rtp_call(engine) as three,
        ):
            engine.connect(one.stream, two.stream)
            one.stream.start_recording(tmp_path / "nonsense.sln")
            one.stream.set_echo(enabled=True)
            nonsense = make_nonsense(1000)
            for at in range(0, 1000, 50):
                for datagram in nonsense[at : at + 50]:
                    one.party.send_raw(datagram)
                await one.received(at + 50)
            await one.stream.stop_recording()
            one.stream.set_echo(enabled=False)
            one.party.ssrc = 0x4321
            one.party.press("#")
            async with asyncio.timeout(10):
                while not one.ear.digits.endswith("#"):
                    await asyncio.sleep(0.01)
            engine.connect(one.stream, three.stream)  # to two the keys among it go on
            one.party.burst(SAID)
            await three.party.until(lambda: len(three.party.heard) >= 20)
            return payload_of(three)

    assert encode("PCMU", SAID) in run(scenario())


def payload_of(call: RtpCall) -> bytes:
    return b"".join(p.payload for p in call.party.packets(0))


# audio that went elsewhere for a while (direct media)


@pytest.mark.parametrize(
    ("gap", "is_told", "lost"), [(300, True, 0), (300, False, 300), (40000, True, 0)]
)
def test_what_a_party_sent_elsewhere_is_not_lost(gap: int, is_told: object, lost: int) -> None:
    async def scenario() -> int:
        async with one_call() as call:
            call.party.burst(bytes(320 * 5))
            await call.received(5)
            call.party.sequence += gap
            call.party.timestamp += 160 * gap
            if is_told:
                call.stream.update(make_plan(call.party))
            call.party.burst(bytes(320 * 5))
            await call.received(10)
            return call.stream.statistics().packets_lost

    assert run(scenario()) == lost
