"""English: the language of the core sound set, and what everybody else falls back to."""

from __future__ import annotations

from datetime import datetime

from switchroom.media.saying.language import Language


class English(Language):
    """As in America, without an "and" after the hundreds."""

    codes = ("en",)
    date_format = "ABdY"
    time_format = "IMp"
    date_time_format = "ABdY 'digits/at' IMp"

    def year(self, when: datetime) -> list[str]:
        """Nineteen eighty-four, nineteen oh five, nineteen hundred; but two thousand one."""
        century, rest = divmod(when.year, 100)
        if not 11 <= century <= 19:
            return self.cardinal(when.year)
        if not rest:
            return [*self.cardinal(century), "digits/hundred"]
        return [*self.cardinal(century), *self._padded(rest)]

    def _padded(self, value: int) -> list[str]:
        names = self.cardinal(value)
        return ["digits/oh", *names] if value < 10 else names

    def hour_24_padded(self, when: datetime) -> list[str]:
        """Oh five."""
        return self._padded(when.hour)

    def minute(self, when: datetime) -> list[str]:
        """Oh five; a full hour's is "o'clock"."""
        return self._padded(when.minute) if when.minute else ["digits/oclock"]

    def minute_military(self, when: datetime) -> list[str]:
        """Fourteen hundred."""
        return self._padded(when.minute) if when.minute else ["digits/hundred"]


class BritishEnglish(English):
    """One hundred and one, two thousand and four."""

    codes = ("en_GB",)

    def joint(self, scale: int, rest: int) -> list[str]:
        """An "and" before what is below a hundred."""
        return ["vm-and"] if rest < 100 else []
