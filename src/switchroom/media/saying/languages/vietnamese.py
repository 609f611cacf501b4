"""Vietnamese."""

from __future__ import annotations

from switchroom.media.saying.east_asian import EastAsian
from switchroom.media.saying.gender import Gender


class Vietnamese(EastAsian):
    """One and five change behind a ten; ``digits/odd`` stands for a missing ten."""

    codes = ("vi",)

    def tens(self, value: int, gender: Gender) -> list[str]:
        """Hai mươi mốt, hai mươi lăm."""
        unit = value % 10
        name = f"digits/{unit}-a" if unit in {1, 5} else self.word(unit)
        return [self.word(value - unit), name]

    def joint(self, scale: int, rest: int) -> list[str]:
        """Một trăm lẻ một."""
        return ["digits/odd"] if scale == 100 and rest < 10 else []
