"""Italian."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import BASIC, Language


class Italian(Language):
    """Ventuno and ventotto in one word; mille but duemila; un milione."""

    codes = ("it",)
    scales = MappingProxyType({
        10**9: ("billion",), 10**6: ("million", "millions"), 1000: ("thousand", "thousands"),
        100: ("hundred",),
    })  # fmt: skip
    whole = BASIC | frozenset(ten + unit for ten in range(20, 100, 10) for unit in (1, 8))
    gendered = MappingProxyType({(1, Gender.MASCULINE): "un"})
    silent_one = frozenset({100, 1000})
    scale_gender = MappingProxyType({10**9: Gender.MASCULINE, 10**6: Gender.MASCULINE})

    def ordinal(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """No sound set has ventunesimo and the like in one word."""
        rest = abs(value) % 100
        if rest in self.whole - BASIC:
            before = self.cardinal(value - rest % 10, gender)
            return [*before, f"digits/h-{rest % 10}"]
        return super().ordinal(value, gender)

    def day(self, when: datetime) -> list[str]:
        """Primo aprile, due aprile."""
        return self.ordinal(1) if when.day == 1 else self.cardinal(when.day)

    def year(self, when: datetime) -> list[str]:
        """``digits/ore-1900`` is "millenovecento", ``digits/ore-2000`` "duemila"."""
        century, rest = divmod(when.year, 100)
        if century not in {19, 20}:
            return self.cardinal(when.year)
        return [f"digits/ore-{century}00", *(self.cardinal(rest) if rest else [])]

    def hour(self, hour: int) -> list[str]:
        """L'una."""
        return ["digits/ore-una"] if hour == 1 else self.cardinal(hour)

    def hour_24(self, when: datetime) -> list[str]:
        """Mezzanotte."""
        return self.hour(when.hour) if when.hour else ["digits/ore-mezzanotte"]

    def minute(self, when: datetime) -> list[str]:
        """Le due e cinque."""
        return ["digits/e", *self.cardinal(when.minute)] if when.minute else []
