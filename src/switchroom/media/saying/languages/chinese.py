"""Chinese."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from switchroom.media.saying.east_asian import EastAsian


class Chinese(EastAsian):
    """A zero stands for what is left out: one hundred, zero, one."""

    codes = ("zh", "tw", "cn")
    scales = MappingProxyType({
        10**8: ("hundred-million",), 10**4: ("ten-thousand",), 1000: ("thousand",),
        100: ("hundred",),
    })  # fmt: skip
    date_format = "YBdA"
    time_format = "pIM"
    date_time_format = "YBdA pIM"

    def joint(self, scale: int, rest: int) -> list[str]:
        """The zero, and the "one" that ten has behind a hundred."""
        zero = ["digits/0"] if rest < scale // 10 else []
        return [*zero, "digits/1"] if 10 <= rest < 20 else zero

    def year(self, when: datetime) -> list[str]:
        """Digit by digit."""
        return [*(f"digits/{digit}" for digit in str(when.year)), "digits/year"]

    def day(self, when: datetime) -> list[str]:
        """With the word for day."""
        return [*self.cardinal(when.day), "digits/day"]

    def hour(self, hour: int) -> list[str]:
        """With the word for hour."""
        return [*self.cardinal(hour), "digits/hour"]

    def minute(self, when: datetime) -> list[str]:
        """With the word for minute; silent at the full hour."""
        return [*self.cardinal(when.minute), "minute"] if when.minute else []

    def half_of_day(self, when: datetime) -> list[str]:
        """Morning, afternoon, night."""
        names = ("morning", "afternoon", "night")
        return [f"digits/{names[(when.hour >= 12) + (when.hour >= 18)]}"]
