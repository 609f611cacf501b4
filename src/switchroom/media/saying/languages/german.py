"""German."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class German(Language):
    """Units before tens (einundzwanzig), "ein" before hundreds, "eine" before millions."""

    codes = ("de",)
    scales = MappingProxyType({
        10**9: ("billion", "billions"), 10**6: ("million", "millions"), 1000: ("thousand",),
        100: ("hundred",),
    })  # fmt: skip
    gendered = MappingProxyType({
        (1, Gender.FEMININE): "1F", (1, Gender.MASCULINE): "1N", (1, Gender.NEUTER): "1N",
    })  # fmt: skip
    scale_gender = MappingProxyType({
        10**9: Gender.FEMININE, 10**6: Gender.FEMININE, 1000: Gender.NEUTER, 100: Gender.NEUTER,
    })  # fmt: skip

    def tens(self, value: int, gender: Gender) -> list[str]:
        """``digits/1-and``: "einund"."""
        return [f"digits/{value % 10}-and", self.word(value - value % 10)]

    def year(self, when: datetime) -> list[str]:
        """Neunzehnhundertvierundachtzig, but zweitausendvier."""
        century, rest = divmod(when.year, 100)
        if not 11 <= century <= 19:
            return self.cardinal(when.year)
        return [*self.cardinal(century), "digits/hundred", *(self.cardinal(rest) if rest else [])]

    def hour(self, hour: int) -> list[str]:
        """Ein Uhr."""
        return [*self.cardinal(hour, Gender.NEUTER), "digits/oclock"]
