"""What features keep on a channel or on the core, without either knowing them."""

from __future__ import annotations

from typing import Any, TypeVar

StoreT = TypeVar("StoreT")


class Datastores:
    """Holds one object of each class that was asked for."""

    def __init__(self) -> None:
        self._datastores: dict[type, Any] = {}

    def datastore(self, kind: type[StoreT]) -> StoreT:
        """What some feature keeps here: a ``kind``, made when it is first asked for."""
        found: StoreT | None = self._datastores.get(kind)
        if found is None:
            found = self._datastores[kind] = kind()
        return found
