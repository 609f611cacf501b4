"""Tells signal tones apart, as a telephone exchange sends them: it rings, is busy, invites to dial.

Pure: it gets how long tones lasted. In many countries one frequency means all of it, and only the
rhythm tells which (ITU-T E.180).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from switchroom.base.errors import MediaError
from switchroom.config.indications import ToneZone
from switchroom.media.tone_list import parse_tone_list

LASTING = 3.0  #: seconds of a tone that has no rhythm; the longest ring has two
TOLERANCE = 0.35  #: of a length, either way

#: What the tones of a zone mean.
_MEANINGS = {"ring": "RINGING", "busy": "BUSY", "congestion": "BUSY", "dial": "DIALTONE"}

#: The last of the three tones of special information: a recorded announcement follows (E.180 §6.1).
SIT = "SIT"
SIT_HERTZ = (
    (914.0, 967.0),
    1788.0,
)  #: one of the first, within the tolerance of detection; the last
SIT_WITHIN = 2.0  #: seconds between both

Pair = tuple[float, float]  #: hertz of one tone, and of another that is there too; 0: none


@dataclass(frozen=True, slots=True)
class SignalTone:
    """One tone of a zone."""

    status: str
    pair: Pair
    length: float | None  #: seconds of its shortest part that is heard; None: it lasts


def signal_tones(zone: ToneZone) -> list[SignalTone]:
    """The tones of a zone that tell how a call goes."""
    found = []
    for name, status in _MEANINGS.items():
        try:
            parts = parse_tone_list(zone.tone(name))
        except MediaError:
            continue
        heard = [part for part in parts if part.frequencies]
        if heard:
            hertz = sorted(each.hz for each in heard[0].frequencies)[:2]
            pair = (hertz[0], hertz[1] if len(hertz) > 1 else 0.0)
            found.append(SignalTone(status, pair, heard[0].duration))
    return found


class CallProgress:
    """Fed with tones; says what they mean.

    Args:
        tones: Those of a zone.
        threshold: How often one must come.
    """

    def __init__(self, tones: Iterable[SignalTone], threshold: int = 1) -> None:
        self._tones = tuple(tones)
        self._threshold = max(1, threshold)
        self._counts: Counter[str] = Counter()
        self._began_sit: float | None = None

    @property
    def pairs(self) -> list[Pair]:
        """What is to be listened for."""
        return list(dict.fromkeys(tone.pair for tone in self._tones))

    def ended(self, pair: Pair, length: float) -> str | None:
        """A tone was heard for some seconds; returns what it means, once that is sure."""
        near = [
            (abs(length - tone.length) / tone.length, tone.status)
            for tone in self._tones
            if tone.pair == pair and tone.length
        ]
        distance, status = min(near, default=(1.0, ""))
        return self._count(status) if distance <= TOLERANCE else None

    def lasts(self, pair: Pair) -> str | None:
        """A tone has been heard for :data:`LASTING` seconds, and goes on: it is not counted."""
        return next((t.status for t in self._tones if t.pair == pair and t.length is None), None)

    def special(self, hertz: float, *, now: float) -> str | None:
        """One of the frequencies of special information was heard."""
        first, last = SIT_HERTZ
        if hertz in first:
            self._began_sit = now
        elif hertz == last and self._began_sit is not None and now - self._began_sit <= SIT_WITHIN:
            return self._count(SIT)
        return None

    def _count(self, status: str) -> str | None:
        self._counts[status] += 1
        return status if self._counts[status] >= self._threshold else None
