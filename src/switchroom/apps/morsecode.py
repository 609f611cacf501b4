"""Morsecode(): say a text by short and long tones.

Family: Sounds and digits
"""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.base.text import leading_int
from switchroom.dialplan.registry import Rest, application
from switchroom.dialplan.substitution import variable
from switchroom.media.api import Sound
from switchroom.media.tone_list import SAMPLE_RATE, Frequency, TonePart, make_tones
from switchroom.pbx.channel import Channel

DOT = 80  #: milliseconds
TONE = 800  #: hertz
LONGEST_TEXT = 200  #: letters

#: ITU-R M.1677-1 §1.1.
_INTERNATIONAL = {
    "A": ".-", "B": "-...", "C": "-.-.", "D": "-..", "E": ".", "F": "..-.", "G": "--.",
    "H": "....", "I": "..", "J": ".---", "K": "-.-", "L": ".-..", "M": "--", "N": "-.",
    "O": "---", "P": ".--.", "Q": "--.-", "R": ".-.", "S": "...", "T": "-", "U": "..-",
    "V": "...-", "W": ".--", "X": "-..-", "Y": "-.--", "Z": "--..", "1": ".----", "2": "..---",
    "3": "...--", "4": "....-", "5": ".....", "6": "-....", "7": "--...", "8": "---..",
    "9": "----.", "0": "-----", ".": ".-.-.-", ",": "--..--", ":": "---...", "?": "..--..",
    "'": ".----.", "-": "-....-", "/": "-..-.", "(": "-.--.", ")": "-.--.-", '"': ".-..-.",
    "=": "-...-", "+": ".-.-.", "@": ".--.-.",
}  # fmt: skip


@application("Morsecode", goes_on=True)
async def morsecode(channel: Channel, text: Rest) -> None:
    """Say a text by short and long tones, letters that have none left out.

    Args:
        channel: The channel.
        text: Letters, digits and signs; at most 200.

    Variables:
        MORSEDITLEN: Read: milliseconds of the short tone; 80 if it is not set.
        MORSETONE: Read: hertz; 800 if it is not set.
        MORSESPACETONE: Read: hertz of the pauses; silence if it is not set.

    Examples:
        Morsecode(SOS)
    """
    dot = max(10, min(1000, leading_int(variable(channel, "MORSEDITLEN")) or DOT)) / 1000
    hz = leading_int(variable(channel, "MORSETONE")) or TONE
    pause_hz = leading_int(variable(channel, "MORSESPACETONE")) or 0
    samples = b"".join(
        _samples(hz if sounds else pause_hz, dots * dot)
        for sounds, dots in _marks(text.upper()[:LONGEST_TEXT])
    )
    if samples:
        await (await channel.stream()).play(Sound(text[:20], samples))


def _samples(hz: int, seconds: float) -> bytes:
    frequencies = (Frequency(hz),) if 0 < hz < SAMPLE_RATE // 2 else ()
    sound = make_tones((TonePart(frequencies, seconds),)).loop
    return sound.samples if sound is not None else b""


def _marks(text: str) -> Iterator[tuple[bool, int]]:
    """Tones and pauses, each with its length in dots (ITU-R M.1677-1 §2)."""
    for letter in text:
        if letter == " ":
            yield False, 4  # and the three behind the letter before: seven
        for mark in _INTERNATIONAL.get(letter, ""):
            yield True, 1 if mark == "." else 3
            yield False, 1
        if letter in _INTERNATIONAL:
            yield False, 2  # and the one behind its last mark: three
