"""What features keep on a channel or on the core, and what they do at its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

StoreT = TypeVar("StoreT")


class Datastores:
    """Holds one object of each class that was asked for; knows no feature."""

    def __init__(self) -> None:
        self._datastores: dict[type, Any] = {}
        self._at_end: list[Callable[[], object]] = []

    def at_end(self, callback: Callable[[], object]) -> None:
        """Call something when this is over."""
        self._at_end.append(callback)

    def end(self) -> None:
        """Tell the features that this is over; its owner calls it, once."""
        for callback in self._at_end:
            callback()
        self._at_end.clear()

    def datastore(self, kind: type[StoreT]) -> StoreT:
        """What some feature keeps here: a ``kind``, made when it is first asked for."""
        found: StoreT | None = self._datastores.get(kind)
        if found is None:
            found = self._datastores[kind] = kind()
        return found
