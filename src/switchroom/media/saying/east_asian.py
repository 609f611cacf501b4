"""What the languages of East Asia share: no gender and no plural."""

from __future__ import annotations

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class EastAsian(Language):
    """What they share."""

    def plural(self, count: int) -> int:
        """There is one form."""
        return 0

    def ordinal(self, value: int, gender: Gender = Gender.NONE) -> list[str]:
        """No sound set has ranks; a plain number."""
        return self.number(value, gender)
