"""French."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class French(Language):
    """Vingt et un, soixante et onze, quatre-vingt-un; cent and mille without a one."""

    codes = ("fr",)
    silent_one = frozenset({100, 1000})
    gendered = MappingProxyType({(1, Gender.FEMININE): "1F"})

    def tens(self, value: int, gender: Gender) -> list[str]:
        """Seventy and ninety count on from sixty and eighty."""
        base = value - value % 20 if value > 60 else value - value % 10
        rest = value - base
        joined = ["digits/et"] if rest in {1, 11} and base < 80 else []
        return [self.word(base), *joined, self.word(rest, gender)]

    def plural(self, count: int) -> int:
        """Zero and one are singular."""
        return 0 if count < 2 else 1

    def day(self, when: datetime) -> list[str]:
        """Le premier, le deux."""
        return self.ordinal(1) if when.day == 1 else self.cardinal(when.day)

    def hour(self, hour: int) -> list[str]:
        """Une heure."""
        return [*self.cardinal(hour, Gender.FEMININE), "digits/oclock"]
