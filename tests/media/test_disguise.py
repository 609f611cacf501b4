"""Voices with another pitch, and upside down, by real audio."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import numpy as np
import pytest

from switchroom.media.api import Sound
from tests.media.calls import Samples, frequencies, make_engine, noise, rtp_call, run, values
from tests.media.coded_party import coded_call, make_signal
from tests.media.rtp_party import tone


def loud(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2)))


LOUDNESS = loud(values(tone(1000, 1.0)))


async def passed_on(*cases: tuple[bytes, bool, float], times: int = 1) -> list[bytes]:
    """The last second of what others hear of samples, inverted or with another pitch.

    Args:
        cases: Of one call each, all at once.
        times: Disguised where they are said, and (2) also where they are heard.
    """
    async with make_engine() as engine, AsyncExitStack() as stack:
        calls = []
        for samples, inverted, pitch in cases:
            one, two = [await stack.enter_async_context(rtp_call(engine)) for _ in range(2)]
            one.stream.disguise(heard=False, inverted=inverted, pitch=pitch)
            if times > 1:
                two.stream.disguise(heard=True, inverted=inverted, pitch=pitch)
            engine.connect(one.stream, two.stream)
            calls.append((one, two, samples))
        await asyncio.gather(*(one.party.say(samples) for one, _, samples in calls))
        await asyncio.sleep(0.1)
        return [two.party.audio()[-16000:] for _, two, _ in calls]


def test_the_pitch_is_another_and_the_loudness_the_same() -> None:
    pairs = [(hertz, pitch) for hertz in (250, 600, 1000) for pitch in (2.0, 1.5, 0.85, 0.5)]
    heard = run(passed_on(*((tone(hertz, 1.5), False, pitch) for hertz, pitch in pairs)))
    for (hertz, pitch), samples in zip(pairs, heard, strict=True):
        [found] = frequencies(samples)
        assert found == pytest.approx(hertz * pitch, abs=12), (hertz, pitch)
        assert loud(values(samples)) == pytest.approx(LOUDNESS, rel=0.15), (hertz, pitch)


def test_the_band_is_upside_down() -> None:
    tones = (400, 1000, 2600)
    heard = run(passed_on(*((tone(hertz, 1.5), True, 1.0) for hertz in tones)))
    for hertz, samples in zip(tones, heard, strict=True):
        assert frequencies(samples) == [pytest.approx(3300 - hertz, abs=10)]
        assert loud(values(samples)) == pytest.approx(LOUDNESS, rel=0.15)


def test_twice_upside_down_is_as_before() -> None:
    [heard] = run(passed_on((tone(700, 1.5), True, 1.0), times=2))
    assert frequencies(heard) == [700]


def test_what_a_party_hears_can_be_disguised_and_left_again() -> None:
    async def scenario() -> tuple[list[int], list[int]]:
        async with make_engine() as engine, rtp_call(engine) as call:
            call.stream.disguise(heard=True, inverted=True)
            await call.stream.play(Sound("tone", tone(1000, 1.2)))
            disguised = frequencies(call.party.audio()[-16000:])
            call.stream.disguise(heard=True)
            call.party.heard.clear()
            await call.stream.play(Sound("tone", tone(1000, 1.2)))
            await asyncio.sleep(0.1)
            return disguised, frequencies(call.party.audio()[-8000:])

    assert run(scenario()) == ([2300], [1000])


def test_no_pitch_breaks_it() -> None:
    for heard in run(passed_on((noise(1.5), True, 0.1), (noise(1.5), True, 4.0))):
        assert 500 < loud(values(heard)) < 6000


def test_a_wide_voice_is_disguised_for_wide_ears() -> None:
    async def scenario() -> Samples:
        async with make_engine() as engine, AsyncExitStack() as stack:
            one, one_stream = await stack.enter_async_context(coded_call(engine, "g722"))
            two, two_stream = await stack.enter_async_context(coded_call(engine, "slin16"))
            one_stream.disguise(heard=False, inverted=True)
            engine.connect(one_stream, two_stream)
            one.say_all(one.packets_of(make_signal(one.rate, 0.8, 1000)))
            return await two.hear(35)

    heard = run(scenario())[-8000:]
    spectrum = np.abs(np.fft.rfft(heard))
    strongest = np.argmax(spectrum) * 16000 / len(heard)
    assert strongest == pytest.approx(2300, abs=20)
