"""Keys found in audio, by the table of ITU-T Q.24."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from switchroom.media.engine._engine import find_keys
from tests.media.calls import noise, values
from tests.media.key_tones import KEYS, QUIETEST, key_tone, pcm, silence

COUNT = 100


def keys_in(samples: bytes) -> str:
    return "".join(key for key, _, _ in find_keys(samples))


def share_found(
    *, duration: float = 0.05, pause: float = 0.05, noise_level: float = 0.0, **tone: Any
) -> float:
    """How many of random keys are found, each beginning at another sample; 1.0: all, in order."""
    chance = random.Random(1)
    sent = "".join(chance.choice(KEYS) for _ in range(COUNT))
    parts = []
    for key in sent:
        phases = (chance.uniform(0, 6.28), chance.uniform(0, 6.28))
        parts.append(np.zeros(round(8000 * pause) + chance.randrange(80)))
        parts.append(key_tone(key, duration, phases=phases, **tone))
    whole = np.concatenate([*parts, silence(0.1)])
    if noise_level:
        whole = whole + np.random.default_rng(1).normal(0, noise_level, len(whole))
    found = keys_in(pcm(whole))
    return 1.0 if found == sent else min(len(found) / COUNT, 0.99)


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_found_once_with_its_length(key: str) -> None:
    ((found, known, length),) = find_keys(pcm(silence(0.1), key_tone(key, 0.1), silence(0.1)))
    assert found == key
    assert known - 800 <= 320, "it is known within 40 ms"
    assert abs(length - 800) <= 80


@pytest.mark.parametrize(
    ("case", "tone"),
    [
        ("shortest key and pause", {"duration": 0.04, "pause": 0.04}),
        ("frequencies too high", {"off": (0.018, 0.018)}),
        ("frequencies too low", {"off": (-0.018, -0.018)}),
        ("one each way", {"off": (-0.015, 0.015)}),
        ("quietest", {"amplitude": QUIETEST}),
        ("loudest", {"amplitude": 15000.0}),
        ("high tone louder", {"twist_db": 4.0}),
        ("low tone louder", {"twist_db": -8.0}),
        ("noise 12 dB below", {"noise_level": 5000 / 10 ** (12 / 20)}),
    ],
)
def test_what_must_be_taken(case: str, tone: dict[str, Any]) -> None:
    assert share_found(**tone) == 1.0, case


@pytest.mark.parametrize(
    ("case", "tone"),
    [
        ("too short", {"duration": 0.023}),
        ("low frequency off", {"off": (0.035, 0.0)}),
        ("high frequency off", {"off": (0.0, -0.035)}),
        ("both off", {"off": (-0.035, 0.035)}),
        ("too quiet", {"amplitude": 100.0}),
        ("one tone alone", {"twist_db": -40.0}),
    ],
)
def test_what_must_not_be_taken(case: str, tone: dict[str, Any]) -> None:
    assert share_found(**tone) == 0.0, case


def test_a_gap_of_10_ms_does_not_part_a_key_and_one_of_40_ms_does() -> None:
    def twice(gap: float) -> str:
        one = key_tone("5", 0.1)
        return keys_in(pcm(one, silence(gap), one, silence(0.1)))

    assert (twice(0.01), twice(0.04)) == ("5", "55")


def test_a_key_behind_another_without_a_pause() -> None:
    assert keys_in(pcm(key_tone("1", 0.1), key_tone("6", 0.1), silence(0.1))) == "16"


def test_noise_and_single_tones_are_no_keys() -> None:
    sine = 8000 * np.sin(2 * np.pi * 941 / 8000 * np.arange(80000))
    assert keys_in(noise(10.0) + pcm(sine, silence(0.1))) == ""


def test_a_chord_of_three_is_no_key() -> None:
    third = 5000 * np.sin(2 * np.pi * 1336 / 8000 * np.arange(8000))
    assert keys_in(pcm(key_tone("1", 1.0) + third, silence(0.1))) == ""


def test_voices_that_glide_over_the_frequencies_are_no_keys() -> None:
    """Harmonics of a voice cross both frequencies of many keys, and stand on none of them."""
    chance = np.random.default_rng(1)
    parts = []
    for _ in range(200):
        pitch = np.linspace(chance.uniform(80, 350), chance.uniform(80, 350), 2400)
        phase = 2 * np.pi * np.cumsum(pitch) / 8000
        formants = chance.uniform(300, 2500, 3)
        voice = np.zeros(2400)
        for harmonic in range(1, 20):
            hertz = pitch.mean() * harmonic
            loud = sum(1 / (1 + ((hertz - f) / 120) ** 2) for f in formants)
            voice += loud * np.sin(harmonic * phase)
        parts.append(6000 * voice / np.abs(voice).max())
    assert keys_in(pcm(*parts, silence(0.1))) == ""


def test_speech_is_no_keys() -> None:
    pytest.importorskip("espeakng_loader", reason="the extra speech is not installed")
    from switchroom.media.speech import EspeakSpeaker

    speaker = EspeakSpeaker()
    text = (
        "Please enter the number of the person that you want to reach, followed by the pound key."
    )
    for voice in ("en", "de", "fr", "es"):
        spoken = speaker.speak(text, voice)
        assert len(values(spoken)) > 8000
        assert keys_in(spoken + bytes(800)) == ""
