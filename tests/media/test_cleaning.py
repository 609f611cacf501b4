"""Noise taken out and loudness evened out, by real audio."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from switchroom.media.api import Sound
from switchroom.media.codecs.libraries import find_library
from switchroom.media.engine.stream import CLEANING_LIBRARY
from tests.media.calls import Samples, make_engine, noise, rtp_call, run, values

pytestmark = pytest.mark.skipif(
    find_library(CLEANING_LIBRARY) is None, reason=f"{CLEANING_LIBRARY} is not installed"
)
HISS = noise(3.0, level=300)


def voice(seconds: float, *, loudness: float) -> Samples:
    """A pitch with harmonics, in syllables."""
    at = np.arange(round(8000 * seconds)) / 8000
    harmonics = sum(np.sin(2 * np.pi * 150 * k * at) / k for k in range(1, 12))
    return np.asarray(loudness * harmonics * (np.sin(2 * np.pi * 3 * at) > -0.3))


def loud(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples**2)))


async def passed_on(samples: bytes, *, denoise: bool = False, level: float = 0.0) -> Samples:
    """The last second of what another party hears of it."""
    async with make_engine() as engine, rtp_call(engine) as one, rtp_call(engine) as two:
        one.stream.clean(heard=False, denoise=denoise, level=level)
        engine.connect(one.stream, two.stream)
        await one.party.say(samples)
        await asyncio.sleep(0.1)
        return values(two.party.audio())[-8000:]


def test_noise_is_taken_out() -> None:
    before = loud(run(passed_on(HISS)))
    after = loud(run(passed_on(HISS, denoise=True)))
    assert before > 250
    assert after < before / 3


def test_a_quiet_voice_becomes_as_loud_as_wanted() -> None:
    quiet = voice(3.0, loudness=300).astype(np.int16).tobytes()
    before, after = loud(run(passed_on(quiet))), loud(run(passed_on(quiet, level=8000)))
    assert after > 2 * before


def test_what_a_party_hears_can_be_cleaned_too_and_left_again() -> None:
    async def scenario() -> tuple[float, float]:
        async with make_engine() as engine, rtp_call(engine) as call:
            call.stream.clean(heard=True, denoise=True)
            await call.stream.play(Sound("hiss", HISS))
            cleaned = loud(values(call.party.audio())[-8000:])
            call.stream.clean(heard=True)
            call.party.heard.clear()
            await call.stream.play(Sound("hiss", HISS[:16000]))
            await asyncio.sleep(0.1)
            return cleaned, loud(values(call.party.audio())[-4000:])

    cleaned, left = run(scenario())
    assert left > 250
    assert cleaned < left / 3
