"""Hungarian."""

from __future__ import annotations

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class Hungarian(Language):
    """Huszonegy joins its words, harmincegy does not; nouns stay singular behind a number."""

    codes = ("hu",)
    silent_one = frozenset({100, 1000})
    date_format = "YBdA"
    time_format = "HM"
    date_time_format = "YBdA HM"

    def tens(self, value: int, gender: Gender) -> list[str]:
        """``digits/20-and``: "huszon"."""
        ten = "digits/20-and" if value < 30 else self.word(value - value % 10)
        return [ten, self.word(value % 10)]

    def plural(self, count: int) -> int:
        """There is one form."""
        return 0
