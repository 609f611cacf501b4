"""Sounds that are made, not recorded: silence of any length, and signal tones."""

from __future__ import annotations

import math
from array import array

SAMPLE_RATE = 8000
AMPLITUDE = 8000  #: of 32,768: -9 dBm0
FADE = 40  #: samples; without it a tone begins and ends with a click
LONGEST_SILENCE = 600.0  #: seconds of ``silence/N``

#: Tones that a sound set has as files; each a row of hertz (0: pause) and seconds.
TONES: dict[str, tuple[tuple[float, float], ...]] = {
    "beep": ((1000, 0.25),),
    "beeperr": ((350, 0.15), (0, 0.05), (350, 0.25)),
    "ascending-2tone": ((480, 0.15), (720, 0.15)),
    "descending-2tone": ((720, 0.15), (480, 0.15)),
    "confbridge-join": ((600, 0.1), (900, 0.1)),
    "confbridge-leave": ((900, 0.1), (600, 0.1)),
}


def make_silence(name: str) -> bytes | None:
    """The samples of ``silence/N``, N in seconds; None for any other name."""
    folder, _, length = name.rpartition("/")
    if folder != "silence":
        return None
    try:
        seconds = float(length)
    except ValueError:
        return None
    if not 0 <= seconds <= LONGEST_SILENCE:
        return None
    return bytes(2 * round(SAMPLE_RATE * seconds))


def make_tones(name: str) -> bytes | None:
    """The samples of a signal such as ``beep``; None for any other name."""
    tones = TONES.get(name)
    return None if tones is None else b"".join(_make_tone(*tone) for tone in tones)


def _make_tone(frequency_hz: float, seconds: float) -> bytes:
    count = round(SAMPLE_RATE * seconds)
    step = 2 * math.pi * frequency_hz / SAMPLE_RATE
    return array(
        "h",
        (
            round(AMPLITUDE * min(1.0, at / FADE, (count - at) / FADE) * math.sin(step * at))
            for at in range(count)
        ),
    ).tobytes()
