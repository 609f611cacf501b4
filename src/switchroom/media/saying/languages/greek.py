"""Greek."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import BASIC, Language


class Greek(Language):
    """One, three and four have genders, and so have the hundreds from two hundred on."""

    codes = ("gr", "el")
    scales = MappingProxyType({
        10**9: ("billion", "billions"), 10**6: ("million", "millions"),
        1000: ("thousand", "thousands"), 100: ("hundred",),
    })  # fmt: skip
    whole = BASIC | frozenset(range(200, 1000, 100))
    gendered = MappingProxyType({
        (1, Gender.MASCULINE): "1M", (3, Gender.MASCULINE): "3F", (4, Gender.MASCULINE): "4F",
        **{(n, Gender.FEMININE): f"{n}F" for n in (1, 3, 4, *range(200, 1000, 100))},
    })  # fmt: skip
    silent_one = frozenset({100, 1000})
    scale_gender = MappingProxyType({1000: Gender.FEMININE})
    time_format = "'digits/hwra' R"
    date_time_format = f"AdBY {time_format}"

    def day(self, when: datetime) -> list[str]:
        """The first is a rank, the others are plain numbers."""
        if when.day == 1:
            return self.ordinal(1)
        return self.cardinal(when.day, Gender.FEMININE)

    def hour(self, hour: int) -> list[str]:
        """Hours are feminine."""
        return self.cardinal(hour, Gender.FEMININE)

    def minute(self, when: datetime) -> list[str]:
        """``digits/kai``: "and"."""
        return ["digits/kai", *self.cardinal(when.minute)] if when.minute else []
