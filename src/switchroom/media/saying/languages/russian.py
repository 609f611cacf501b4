"""Russian and Ukrainian."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import BASIC
from switchroom.media.saying.slavic import ONE, Slavic


class Russian(Slavic):
    """Двадцать одна тысяча: any count that ends in one is a "one"."""

    codes = ("ru", "uk")
    scales = MappingProxyType({
        10**9: ("billion", "billion-a", "billions"), 10**6: ("million", "million-a", "millions"),
        1000: ("thousand", "thousands-i", "thousands"), 100: ("hundred",),
    })  # fmt: skip
    whole = BASIC | frozenset(range(200, 1000, 100))
    gendered = MappingProxyType({
        (unit, gender): f"{unit}{gender}"
        for unit in (1, 2)
        for gender in (Gender.FEMININE, Gender.NEUTER)
    })  # fmt: skip
    scale_gender = MappingProxyType({1000: Gender.FEMININE})

    def plural(self, count: int) -> int:
        """Eleven is many, twenty-one is one."""
        if count % 10 == 1 and count % 100 != 11:
            return ONE
        return super().plural(count)

    def year(self, when: datetime) -> list[str]:
        """A year is a rank: две тысячи четвёртый."""
        return self.ordinal(when.year)
