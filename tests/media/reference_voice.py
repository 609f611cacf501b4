"""A reference signal like a voice, and what became of it on its way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.media.coded_party import Samples, compare

SECONDS = 3.0
LEVEL = 2500.0  #: of the reference, whose quietest 20 ms have 1350
QUIET = 700  #: half of that
SILENT = 200  #: less is a hole


def voice(rate: int, seconds: float = SECONDS) -> Samples:
    """Like a voice: a pitch that glides between 110 and 190 Hz, its harmonics, swelling."""
    at = np.arange(round(rate * seconds)) / rate
    phase = 2 * np.pi * np.cumsum(150 + 40 * np.sin(2 * np.pi * 0.7 * at)) / rate
    swell = 0.7 + 0.3 * np.sin(2 * np.pi * 1.7 * at)
    parts = (np.sin(k * phase + k * k) / k**0.7 for k in range(2, 16))
    signal: Samples = np.sum(list(parts), axis=0) * swell
    signal *= LEVEL / np.sqrt(np.mean(signal**2))
    return signal


@dataclass(frozen=True)
class Measured:
    """What became of the reference."""

    late: float  #: seconds
    likeness: float  #: of the middle one of its half seconds, each where it is most like
    level_db: float
    loudness: Samples  #: of each 20 ms but the first and last 100 ms

    def __str__(self) -> str:
        return (
            f"{self.late * 1000:.0f} ms late, likeness {self.likeness:.3f}, {self.level_db:.2f} dB, "
            f"quietest {self.loudness.min():.0f}"
        )


def measure(heard: Samples, rate: int, *, late: float = 0.0) -> Measured:
    """Find the reference in what was heard, whose beginning is ``late`` seconds behind its own."""
    wanted = voice(rate)
    begins, _, level_db = compare(heard, wanted, rate)
    at, frame = round(begins * rate), rate // 50
    body = heard[at + 5 * frame : at + len(wanted) - 5 * frame]
    frames = body[: len(body) // frame * frame].reshape(-1, frame)
    half = rate // 2
    likenesses = [
        compare(heard[max(0, at + begin - half // 2) : at + begin + 2 * half],
                wanted[begin : begin + half], rate)[1]
        for begin in range(half, len(wanted) - 2 * half, half)
    ]  # fmt: skip
    loudness = np.sqrt(np.mean(frames**2, axis=1))
    return Measured(begins + late, float(np.median(likenesses)), level_db, loudness)
