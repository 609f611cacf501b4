"""The extensions that parking lots add to the dialplan: to park, to fetch, and their hints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from switchroom.config.parking import LotSettings
from switchroom.pbx.added_extension import AddedExtension

OWNER = "res_parking"


def extensions_of(lots: Iterable[LotSettings]) -> list[AddedExtension]:
    """What all lots add; two that claim one extension: the first has it."""
    return [added for lot in lots for added in _of(lot)]


def _of(lot: LotSettings) -> Iterator[AddedExtension]:
    if not lot.extension:
        return
    park = lot.name if lot.is_exclusive else ""
    yield AddedExtension(lot.context, lot.extension, "Park", park)
    for space in map(str, range(lot.first, lot.last + 1)):
        yield AddedExtension(lot.context, space, "ParkedCall", f"{lot.name},{space}")
        if lot.has_hints:
            yield AddedExtension(lot.context, space, f"park:{space}@{lot.context}", is_hint=True)
