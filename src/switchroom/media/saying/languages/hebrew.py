"""Hebrew."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import BASIC, Language


class Hebrew(Language):
    """Plain counting is feminine; a "ve" before the last word; duals for 200 and 2000."""

    codes = ("he",)
    scales = MappingProxyType({
        10**9: ("billion",), 10**6: ("million",), 1000: ("thousand",), 100: ("hundred", "hundreds"),
    })  # fmt: skip
    whole = BASIC | frozenset({200}) | frozenset(range(1000, 11000, 1000))
    gendered = MappingProxyType({(n, Gender.MASCULINE): f"{n}m" for n in range(1, 20)})
    silent_one = frozenset({100})
    scale_gender = MappingProxyType({
        10**9: Gender.MASCULINE, 10**6: Gender.MASCULINE, 1000: Gender.MASCULINE,
    })  # fmt: skip

    def tens(self, value: int, gender: Gender) -> list[str]:
        """Esrim ve-ahat."""
        return [self.word(value - value % 10), "digits/ve", self.word(value % 10, gender)]

    def joint(self, scale: int, rest: int) -> list[str]:
        """Only before a last single word."""
        return ["digits/ve"] if rest in self.whole else []

    def ordinal(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """Ranks end at the tenth; from there on they are plain numbers."""
        return super().ordinal(value, gender) if abs(value) <= 10 else self.number(value, gender)

    def day(self, when: datetime) -> list[str]:
        """Days of a month are masculine numbers."""
        return self.cardinal(when.day, Gender.MASCULINE)

    def minute(self, when: datetime) -> list[str]:
        """Shtayim ve-hamesh."""
        return ["digits/ve", *self.cardinal(when.minute)] if when.minute else []
