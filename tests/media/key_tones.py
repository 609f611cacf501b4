"""Keys as tones (ITU-T Q.23), with all that may be wrong with them."""

from __future__ import annotations

import numpy as np

from tests.media.calls import Samples

KEYS = "123A456B789C*0#D"
LOW = (697, 770, 852, 941)
HIGH = (1209, 1336, 1477, 1633)
QUIETEST = 1254.0  #: amplitude of a tone of -25 dBm0


def key_tone(
    key: str,
    duration: float,
    *,
    amplitude: float = 5000.0,
    twist_db: float = 0.0,
    off: tuple[float, float] = (0.0, 0.0),
    phases: tuple[float, float] = (0.0, 0.0),
) -> Samples:
    """One key.

    Args:
        key: Which.
        duration: Seconds.
        amplitude: Of the low tone.
        twist_db: How much louder the high tone is.
        off: By which part of themselves the frequencies are wrong.
        phases: With which the tones begin.
    """
    at = 2 * np.pi * np.arange(round(8000 * duration)) / 8000
    place = KEYS.index(key)
    low = np.sin(LOW[place // 4] * (1 + off[0]) * at + phases[0])
    high = np.sin(HIGH[place % 4] * (1 + off[1]) * at + phases[1])
    return np.asarray(amplitude * (low + high * 10 ** (twist_db / 20)))


def silence(duration: float) -> Samples:
    return np.zeros(round(8000 * duration))


def pcm(*parts: Samples) -> bytes:
    return np.concatenate(parts).clip(-32767, 32767).astype(np.int16).tobytes()
