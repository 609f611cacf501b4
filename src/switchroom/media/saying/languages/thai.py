"""Thai."""

from __future__ import annotations

from types import MappingProxyType

from switchroom.media.saying.east_asian import EastAsian
from switchroom.media.saying.gender import Gender


class Thai(EastAsian):
    """A last one behind a ten is "et"; words for ten and a hundred thousand."""

    codes = ("th",)
    scales = MappingProxyType({
        10**6: ("million",), 10**5: ("hundred-thousand",), 10**4: ("ten-thousand",),
        1000: ("thousand",), 100: ("hundred",),
    })  # fmt: skip

    def tens(self, value: int, gender: Gender) -> list[str]:
        """Yi sip et."""
        unit = "digits/et" if value % 10 == 1 else self.word(value % 10)
        return [self.word(value - value % 10), unit]
