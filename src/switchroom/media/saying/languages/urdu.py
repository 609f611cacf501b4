"""Urdu and Hindi: a word for every number below a hundred, then lakh and crore."""

from __future__ import annotations

from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class Urdu(Language):
    """Counts in hundreds, thousands, lakhs (10^5) and crores (10^7)."""

    codes = ("ur", "hi")
    scales = MappingProxyType({
        10**7: ("crore",), 10**5: ("lakh",), 1000: ("thousand",), 100: ("hundred",),
    })  # fmt: skip
    whole = frozenset(range(100))

    def ordinal(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """No sound set has ranks; a plain number."""
        return self.number(value, gender)
