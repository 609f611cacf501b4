"""What the languages of East Asia share: no gender and no plural."""

from __future__ import annotations

from datetime import datetime

from switchroom.media.saying.language import Language


class EastAsian(Language):
    """What they share."""

    def plural(self, count: int) -> int:
        """There is one form."""
        return 0

    def day(self, when: datetime) -> list[str]:
        """A plain number."""
        return self.cardinal(when.day)

    def month_number(self, when: datetime) -> list[str]:
        """A plain number."""
        return self.cardinal(when.month)
