"""Czech and Slovak."""

from __future__ import annotations

from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import BASIC
from switchroom.media.saying.slavic import FEW, MANY, ONE, Slavic


class Czech(Slavic):
    """Sto, dvě stě, tři sta in words of their own."""

    codes = ("cs", "sk")
    scales = MappingProxyType({
        10**9: ("billion", "billionx1", "billionx2"),
        10**6: ("million", "millionx1", "millionx2"),
        1000: ("thousand", "thousandx1", "thousandx2"), 100: ("hundred",),
    })  # fmt: skip
    whole = BASIC | frozenset(range(200, 1000, 100))
    gendered = MappingProxyType({
        (1, Gender.FEMININE): "1F", (1, Gender.NEUTER): "1N",
        (2, Gender.FEMININE): "2F", (2, Gender.NEUTER): "2F",
    })  # fmt: skip
    scale_gender = MappingProxyType({10**9: Gender.FEMININE})

    def plural(self, count: int) -> int:
        """Dvacet dva tisíc: only two to four themselves are few."""
        return ONE if count == 1 else FEW if 2 <= count <= 4 else MANY
