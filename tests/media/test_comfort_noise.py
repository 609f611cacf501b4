"""Comfort noise (RFC 3389): heard as noise, passed on, and sent."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from switchroom.media.api import Sound
from tests.media.calls import RtpCall, make_engine, noise, one_call, rtp_call, run, values
from tests.media.rtp_party import RtpPacket, tone

COMFORT = 13


def fall_silent(call: RtpCall, level: int, *, payload_type: int = COMFORT) -> None:
    party = call.party
    packet = RtpPacket(payload_type, party.sequence, party.timestamp, party.ssrc, bytes([level]))
    party.send_raw(packet.to_bytes())
    party.sequence += 1


async def recorded(call: RtpCall, path: Path, seconds: float) -> bytes:
    call.stream.start_recording(path)
    await asyncio.sleep(seconds)
    await call.stream.stop_recording()
    return path.read_bytes()


def loudness_dbov(samples: bytes) -> float:
    heard = values(samples)
    return float(20 * np.log10(np.sqrt(np.mean(heard**2)) / 32768))


@pytest.mark.parametrize("level", [40, 60])
def test_silence_sounds_as_the_party_says(level: int, tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with one_call() as call:
            call.stream.start_recording(tmp_path / "noise.sln")
            call.party.burst(bytes(2 * 160 * 2))
            fall_silent(call, level)
            await asyncio.sleep(1.5)
            await call.stream.stop_recording()
            assert call.stream.statistics().packets_dropped == 0
            return (tmp_path / "noise.sln").read_bytes()

    heard = run(scenario())[-8000:]
    assert loudness_dbov(heard) == pytest.approx(-level, abs=1.0)
    spectrum = np.abs(np.fft.rfft(values(heard)))
    assert spectrum.max() < 6 * spectrum.mean(), "it is noise, not a tone"


def test_audio_ends_it(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with one_call() as call:
            call.stream.start_recording(tmp_path / "noise.sln")
            fall_silent(call, 30)
            await asyncio.sleep(0.1)
            call.party.burst(bytes(2 * 160))
            await asyncio.sleep(1.5)
            await call.stream.stop_recording()
            return (tmp_path / "noise.sln").read_bytes()

    assert not any(run(scenario())[-4000:])


def test_it_is_passed_on_by_the_number_that_the_other_party_knows() -> None:
    async def scenario() -> None:
        async with (
            make_engine() as engine,
            rtp_call(engine, comfort_noise=13) as one,
            rtp_call(engine, comfort_noise=77) as two,
            rtp_call(engine) as three,
        ):
            engine.connect(one.stream, two.stream)
            one.party.burst(tone(400, 0.1))
            fall_silent(one, 50)
            await two.party.until(lambda: bool(two.party.packets(77)))
            (packet,) = two.party.packets(77)
            assert packet.payload == bytes([50])
            assert packet.sequence == two.party.packets(0)[-1].sequence + 1 & 0xFFFF
            engine.disconnect(one.stream, two.stream)
            engine.connect(one.stream, three.stream)
            fall_silent(one, 50)
            one.party.burst(tone(400, 0.02))
            await three.party.until(lambda: bool(three.party.packets(0)))
            assert {p.payload_type for p in three.party.heard} == {0}

    run(scenario())


def test_we_say_when_nothing_more_comes() -> None:
    async def scenario() -> None:
        async with one_call(comfort_noise=13) as call:
            await call.stream.play(Sound("noise", noise(0.1)))
            await call.party.until(lambda: bool(call.party.packets(COMFORT)))
            await asyncio.sleep(0.2)
            kinds = [p.payload_type for p in call.party.heard]
            assert kinds == [0] * 5 + [COMFORT]

    run(scenario())


def test_who_does_not_want_it_gets_none() -> None:
    async def scenario() -> None:
        async with one_call() as call:
            await call.stream.play(Sound("noise", noise(0.1)))
            await asyncio.sleep(0.2)
            assert {p.payload_type for p in call.party.heard} == {0}

    run(scenario())
