"""Polish."""

from __future__ import annotations

from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import BASIC
from switchroom.media.saying.slavic import Slavic


class Polish(Slavic):
    """Sto, dwieście, trzysta in words of their own; hours are ranks."""

    codes = ("pl",)
    scales = MappingProxyType({
        10**9: ("billion", "billionx1", "billionx2"),
        10**6: ("million", "millionx1", "millionx2"),
        1000: ("1000", "1000x1", "1000x2"), 100: ("100",),
    })  # fmt: skip
    whole = BASIC | frozenset(range(100, 1000, 100))
    gendered = MappingProxyType({(1, Gender.FEMININE): "1z", (2, Gender.FEMININE): "2-ie"})

    def hour(self, hour: int) -> list[str]:
        """``digits/t-14``: "czternasta"; midnight is ``t-24``."""
        return [f"digits/t-{hour or 24}"]
