"""Dutch."""

from __future__ import annotations

from datetime import datetime

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class Dutch(Language):
    """Units before tens (eenentwintig); honderd and duizend without a one."""

    codes = ("nl",)
    silent_one = frozenset({100, 1000})
    date_time_format = "AdBY 'digits/nl-om' R"

    def tens(self, value: int, gender: Gender) -> list[str]:
        """Een-en-twintig."""
        return [self.word(value % 10), "digits/nl-en", self.word(value - value % 10)]

    def day(self, when: datetime) -> list[str]:
        """Eenentwintig april."""
        return self.cardinal(when.day)

    def year(self, when: datetime) -> list[str]:
        """Negentienhonderd vierentachtig, but tweeduizend vier."""
        century, rest = divmod(when.year, 100)
        if not 11 <= century <= 19:
            return self.cardinal(when.year)
        return [*self.cardinal(century), "digits/hundred", *(self.cardinal(rest) if rest else [])]

    def hour(self, hour: int) -> list[str]:
        """Veertien uur."""
        return [*self.cardinal(hour), "digits/nl-uur"]
