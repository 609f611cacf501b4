"""Swedish."""

from __future__ import annotations

from types import MappingProxyType

from switchroom.media.saying.gender import Gender
from switchroom.media.saying.language import Language


class Swedish(Language):
    """Ett hundra ett, without an "och"."""

    codes = ("sv", "se")
    scales = MappingProxyType({
        10**9: ("billion", "billions"), 10**6: ("million", "millions"), 1000: ("thousand",),
        100: ("hundred",),
    })  # fmt: skip
    gendered = MappingProxyType({(1, Gender.NEUTER): "ett"})
    scale_gender = MappingProxyType({1000: Gender.NEUTER, 100: Gender.NEUTER})
