"""Tones as prompts: who hears what is proven by frequency, not by listening."""

from __future__ import annotations

import wave
from math import pi
from pathlib import Path

import numpy as np

RATE = 8000


def tone(hertz: float, seconds: float, *, amplitude: int = 9000) -> bytes:
    """A sine, signed 16 bit at 8,000 Hz."""
    at = np.arange(int(seconds * RATE))
    return (amplitude * np.sin(2 * pi * hertz * at / RATE)).astype("<i2").tobytes()


def write_tone(path: Path, hertz: float, seconds: float) -> None:
    """A wav file of one tone; zero hertz is silence."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(tone(hertz, seconds))


def read_wav(path: Path) -> bytes:
    """The samples of a wav file, even of one whose header was never completed."""
    return path.read_bytes()[44:]


def seconds_of(samples: bytes, hertz: float, *, window: float = 0.1) -> float:
    """For how long a tone is heard: windows in which it makes most of the energy."""
    signal = np.frombuffer(samples[: len(samples) & ~1], dtype=np.int16).astype(float)
    size = int(window * RATE)
    reference = np.exp(-2j * pi * hertz * np.arange(size) / RATE)
    heard = 0
    for start in range(0, len(signal) - size + 1, size):
        part = signal[start : start + size]
        energy = float(np.sum(part**2))
        if energy / size < 100**2:
            continue
        share = 2 * abs(np.dot(part, reference)) ** 2 / size / energy
        heard += share > 0.8
    return heard * window
