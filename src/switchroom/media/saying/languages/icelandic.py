"""Icelandic."""

from __future__ import annotations

from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class Icelandic(Language):
    """One to four have three genders; an "og" before the last word: tuttugu og einn."""

    codes = ("is",)
    scales = MappingProxyType({
        10**9: ("billion", "billions"), 10**6: ("million", "millions"), 1000: ("thousand",),
        100: ("hundred",),
    })  # fmt: skip
    gendered = MappingProxyType({
        (unit, gender): f"{unit}{letter}"
        for unit in range(1, 5)
        for gender, letter in ((Gender.FEMININE, "F"), (Gender.NEUTER, "N"))
    })  # fmt: skip
    scale_gender = MappingProxyType({
        10**9: Gender.MASCULINE, 10**6: Gender.FEMININE, 1000: Gender.NEUTER, 100: Gender.NEUTER,
    })  # fmt: skip

    def tens(self, value: int, gender: Gender) -> list[str]:
        """Tuttugu og einn."""
        return [self.word(value - value % 10), "digits/and", self.word(value % 10, gender)]

    def joint(self, scale: int, rest: int) -> list[str]:
        """Only before a last single word."""
        return ["digits/and"] if rest in self.whole else []
