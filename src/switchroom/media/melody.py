"""Music for a machine that has none: soft notes of a pentatonic scale, made here, so nobody's."""

from __future__ import annotations

import math
from array import array
from functools import lru_cache

from switchroom.media.api import Sound

SAMPLE_RATE = 8000
AMPLITUDE = 5000  #: of 32,768: quiet beside speech
NOTE = 0.4  #: seconds

#: Midi numbers, one after the other; 0: a rest.
NOTES = (
    57, 64, 69, 72, 76, 72, 69, 64, 55, 62, 67, 71, 74, 71, 67, 62,
    53, 60, 65, 69, 72, 69, 65, 60, 55, 62, 67, 71, 74, 76, 74, 0,
)  # fmt: skip


@lru_cache(maxsize=1)
def make_melody() -> Sound:
    """About thirteen seconds that can be repeated; made once, in some milliseconds."""
    notes = {number: _make_note(number) for number in set(NOTES)}
    return Sound("melody", b"".join(notes[number] for number in NOTES), SAMPLE_RATE)


def _make_note(number: int) -> bytes:
    count = round(SAMPLE_RATE * NOTE)
    if not number:
        return bytes(2 * count)
    step = 2 * math.pi * 440.0 * 2 ** ((number - 69) / 12) / SAMPLE_RATE
    rise = SAMPLE_RATE // 50
    return array(
        "h",
        (
            round(AMPLITUDE * min(1.0, at / rise) * (1 - at / count) ** 1.5 * math.sin(step * at))
            for at in range(count)
        ),
    ).tobytes()
