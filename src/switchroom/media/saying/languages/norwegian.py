"""Norwegian."""

from __future__ import annotations

from types import MappingProxyType
from typing import ClassVar

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class Norwegian(Language):
    """Ett hundre og en; tjueen."""

    codes: ClassVar[tuple[str, ...]] = ("no", "nb", "nn")
    scales = MappingProxyType({
        10**9: ("billion", "billions"), 10**6: ("million", "millions"), 1000: ("thousand",),
        100: ("hundred",),
    })  # fmt: skip
    gendered = MappingProxyType({(1, Gender.NEUTER): "1N"})
    scale_gender = MappingProxyType({1000: Gender.NEUTER, 100: Gender.NEUTER})

    def joint(self, scale: int, rest: int) -> list[str]:
        """An "og" before what is below a hundred."""
        return ["digits/and"] if rest < 100 else []
