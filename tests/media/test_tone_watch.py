"""Tones that somebody waits for, by real audio."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from switchroom.media.api import Sound, ToneEnded, ToneHeard, TonePlan
from tests.media.calls import make_engine, noise, one_call, rtp_call, run, values
from tests.media.key_tones import pcm, silence
from tests.media.rtp_party import tone


async def heard(samples: bytes, plan: TonePlan) -> list[ToneHeard | ToneEnded]:
    """What is reported of what a party says; at most 0.8 s."""
    async with one_call() as call:
        number = call.stream.watch_tone(plan)
        call.party.burst(samples)
        await call.received(len(samples) // 320)
        await asyncio.sleep(1.3)
        found = [e for e in call.ear.events if isinstance(e, ToneHeard | ToneEnded)]
        assert all(each.number == number for each in found)
        return found


SAID = pcm(silence(0.1), values(tone(1000, 0.4)), silence(0.2))


def test_a_tone_is_told_once_and_its_end_with_its_length() -> None:
    found = run(heard(SAID, TonePlan(1000, duration=0.2)))
    assert [type(each) for each in found] == [ToneHeard, ToneEnded]
    assert isinstance(found[1], ToneEnded)
    assert found[1].duration == pytest.approx(0.4, abs=0.041)


@pytest.mark.parametrize("hertz", [985, 1015])
def test_a_tone_that_is_a_little_off_counts(hertz: float) -> None:
    assert run(heard(SAID, TonePlan(hertz, duration=0.2)))


@pytest.mark.parametrize(
    ("case", "samples", "plan"),
    [
        ("too short", SAID, TonePlan(1000, duration=0.5)),
        ("another one", SAID, TonePlan(1100, duration=0.1)),
        ("noise", noise(0.7), TonePlan(1000, duration=0.06)),
        ("not louder than the rest", pcm(values(tone(1000, 0.6)) + values(noise(0.6, level=2000))),
         TonePlan(1000, duration=0.1)),
        ("one of two", SAID, TonePlan(1000, 1300, duration=0.1)),
    ],
)  # fmt: skip
def test_what_is_not_the_tone(case: str, samples: bytes, plan: TonePlan) -> None:
    assert run(heard(samples, plan)) == [], case


def test_with_a_lower_threshold_noise_may_be_there() -> None:
    noisy = pcm(values(tone(1000, 0.6)) + values(noise(0.6, level=2000)))
    assert run(heard(noisy, TonePlan(1000, duration=0.1, decibels=3)))


def test_two_at_once() -> None:
    dial = pcm(values(tone(350, 0.6, amplitude=4000)) + values(tone(440, 0.6, amplitude=4000)))
    assert run(heard(dial, TonePlan(350, 440, duration=0.3, decibels=6)))
    assert not run(heard(dial, TonePlan(350, duration=0.1)))


def test_what_the_party_hears_also_of_whom_it_is_connected_with() -> None:
    async def scenario() -> None:
        async with make_engine() as engine, rtp_call(engine) as one, rtp_call(engine) as two:
            engine.connect(one.stream, two.stream)
            number = one.stream.watch_tone(TonePlan(1000, duration=0.1, is_heard=True))
            two.party.burst(SAID)
            assert (await one.ear.next(ToneHeard)).number == number
            engine.disconnect(one.stream, two.stream)
            await one.ear.next(ToneEnded)
            samples = np.frombuffer(tone(1000, 0.3), np.int16).tobytes()
            await one.stream.play(Sound("tone", samples))
            await one.ear.next(ToneHeard, 2)
            one.stream.unwatch_tone(number)
            await one.stream.play(Sound("tone", samples))
            await asyncio.sleep(0.1)
            assert len([e for e in one.ear.events if isinstance(e, ToneHeard)]) == 2

    run(scenario())
