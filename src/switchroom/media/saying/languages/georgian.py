"""Georgian: counts in twenties."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class Georgian(Language):
    """Thirty-one is "twenty and eleven"; a word that more follows loses its ending (``_``)."""

    codes = ("ka", "ge")
    scales = MappingProxyType({
        10**9: ("billion",), 10**6: ("million",), 1000: ("1000",), 100: ("100",),
    })  # fmt: skip
    whole = frozenset({*range(21), 40, 60, 80})
    silent_one = frozenset({100, 1000})

    def tens(self, value: int, gender: Gender) -> list[str]:
        """``digits/20_da``: "ocda"."""
        return [f"digits/{value - value % 20}_da", self.word(value % 20)]

    def scaled(self, count: int, scale: int, rest: int, gender: Gender) -> list[str]:
        """Two hundred to nine hundred are words of their own."""
        if scale == 100:
            names = [f"digits/{count}00"]
        else:
            names = super().scaled(count, scale, rest, gender)
        if rest:
            names[-1] += "_"
        return names

    def plural(self, count: int) -> int:
        """Nouns stay singular behind a number."""
        return 0

    def hour(self, hour: int) -> list[str]:
        """``digits/saati_da``: "o'clock and"."""
        return [*self.cardinal(hour), "digits/saati_da"]

    def minute(self, when: datetime) -> list[str]:
        """``digits/tsuti``: "minutes"."""
        return [*self.cardinal(when.minute), "digits/tsuti"]

    def ordinal(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """No sound set has ranks; a plain number."""
        return self.number(value, gender)
