"""Signal tones: what ``indications.conf`` and PlayTones() write, and the audio of it.

A list is parts with commas between them: ``480+620/500,0/500`` is both frequencies for half a
second and half a second of silence, over and over. ``!`` in front of a part plays it once, at the
beginning; ``1000*20`` is 1,000 Hz whose loudness goes up and down 20 times a second; ``480@-10``
has its own level in dBm0; ``M69`` is a note by its MIDI number. A part without a length lasts.
"""

from __future__ import annotations

import math
import re
from array import array
from dataclasses import dataclass
from functools import lru_cache

from switchroom.base.errors import MediaError
from switchroom.media.api import Sound

SAMPLE_RATE = 8000
LEVEL = -13.0  #: dBm0 of each frequency (ITU-T E.180: -10 with 5 dB either way at the exchange)
FULL_SCALE = 3.14  #: dBm0 of the loudest sine (ITU-T G.711)
LASTS = 1.0  #: seconds made of a part without a length: whole hertz begin anew without a click
LONGEST = 60.0  #: seconds of a whole list
MOST_PARTS = 64
MOST_DIGITS = 9  #: of a length
HIGHEST_NOTE = 127  #: of MIDI

_MODULATION = 0.9  #: how deep
_FREQUENCY = re.compile(r"(M)?([0-9]+(?:\.[0-9]+)?)(?:@(-?[0-9]+(?:\.[0-9]+)?))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Frequency:
    """One sine."""

    hz: float
    level: float = LEVEL  #: dBm0


@dataclass(frozen=True, slots=True)
class TonePart:
    """What is heard for a while."""

    frequencies: tuple[Frequency, ...]  #: none: silence
    duration: float | None = None  #: seconds; None: it lasts
    modulation_hz: float = 0.0
    once: bool = False


@dataclass(frozen=True, slots=True)
class ToneSounds:
    """A list as audio."""

    once: Sound | None  #: at the beginning
    loop: Sound | None  #: then over and over


def parse_tone_list(text: str) -> tuple[TonePart, ...]:
    """Parse a list.

    Raises:
        MediaError: It is none, or longer than is reasonable.
    """
    words = [word for word in re.split(r"[,|]", text) if word.strip()]
    if not 0 < len(words) <= MOST_PARTS:
        raise MediaError(f"{text!r} is no list of tones")
    parts = tuple(_parse_part(word.strip()) for word in words)
    if sum(part.duration or LASTS for part in parts) > LONGEST:
        raise MediaError(f"the tones {text!r} last more than {LONGEST:.0f} s")
    return parts


def _parse_part(word: str) -> TonePart:
    once = word.startswith("!")
    tone, slash, length = word.removeprefix("!").partition("/")
    if slash and not (length.strip().isdecimal() and len(length) < MOST_DIGITS):
        raise MediaError(f"{word!r} is no tone: {length!r} are no milliseconds")
    duration = int(length) / 1000 if slash and int(length) else None
    carrier, star, modulation = tone.partition("*")
    frequencies = tuple(_parse_frequency(each, word) for each in carrier.split("+"))
    modulation_hz = _parse_frequency(modulation, word).hz if star else 0.0
    heard = tuple(each for each in frequencies if each.hz)
    return TonePart(heard, duration, modulation_hz, once)


def _parse_frequency(text: str, word: str) -> Frequency:
    match = _FREQUENCY.fullmatch(text.strip())
    if match is None:
        raise MediaError(f"{word!r} is no tone: {text!r} is no frequency")
    hz = float(match[2])
    if match[1] and hz <= HIGHEST_NOTE:
        hz = 440.0 * 2 ** ((hz - 69) / 12)  # MIDI: 69 is A above middle C
    if hz >= SAMPLE_RATE / 2 or (match[1] and float(match[2]) > HIGHEST_NOTE):
        raise MediaError(f"{word!r} is no tone: {hz:.0f} Hz cannot be heard in a call")
    return Frequency(hz, float(match[3]) if match[3] else LEVEL)


@lru_cache(maxsize=128)
def make_tones(parts: tuple[TonePart, ...], name: str = "tones") -> ToneSounds:
    """The audio of a list; takes some milliseconds, once."""
    loop = parts
    while loop and loop[0].once:
        loop = loop[1:]
    once = parts[: len(parts) - len(loop)]
    return ToneSounds(_sound(once, name), _sound(loop, name))


def _sound(parts: tuple[TonePart, ...], name: str) -> Sound | None:
    samples = b"".join(map(_make_part, parts))
    return Sound(name, samples, SAMPLE_RATE) if samples else None


def _make_part(part: TonePart) -> bytes:
    count = round(SAMPLE_RATE * (LASTS if part.duration is None else part.duration))
    if not part.frequencies:
        return bytes(2 * count)
    turn = 2 * math.pi / SAMPLE_RATE
    waves = [
        (32767 * 10 ** ((min(each.level, FULL_SCALE) - FULL_SCALE) / 20), turn * each.hz)
        for each in part.frequencies
    ]
    beat = turn * part.modulation_hz
    samples = array("h", bytes(2 * count))
    for at in range(count):
        value = sum(amplitude * math.sin(step * at) for amplitude, step in waves)
        if beat:
            value *= (1 + _MODULATION * math.sin(beat * at)) / (1 + _MODULATION)
        samples[at] = max(-32767, min(32767, round(value)))
    return samples.tobytes()
