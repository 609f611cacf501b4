"""Danish."""

from __future__ import annotations

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.languages.norwegian import Norwegian


class Danish(Norwegian):
    """As Norwegian, but units before tens: enogtyve."""

    codes = ("da", "dk")

    def tens(self, value: int, gender: Gender) -> list[str]:
        """``digits/1-and``: "enog"."""
        return [f"digits/{value % 10}-and", self.word(value - value % 10)]
