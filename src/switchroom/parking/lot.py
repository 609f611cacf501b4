"""One parking lot: which space a call gets, and who stands where. No channel, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from switchroom.config.parking import LotSettings

CallT = TypeVar("CallT")


@dataclass(slots=True)
class Parked(Generic[CallT]):
    """A call in its space."""

    call: CallT
    space: int
    parked_at: float
    ends_at: float | None  #: None: it waits for ever
    parker: str = ""  #: the device of who parked it


class Lot(Generic[CallT]):
    """The spaces of one lot.

    Args:
        settings: What the lot is like.
    """

    def __init__(self, settings: LotSettings) -> None:
        self.settings = settings
        self.calls: dict[int, Parked[CallT]] = {}
        self._newest: int | None = None

    def find_space(self, wanted: int | None = None) -> int | None:
        """A free space, the wanted one if it is free; None where the lot is full."""
        first, last = self.settings.first, self.settings.last
        if wanted is not None and first <= wanted <= last and wanted not in self.calls:
            return wanted
        start = first
        if self.settings.takes_next and self._newest is not None:
            start = self._newest + 1
        spaces = (*range(start, last + 1), *range(first, start))
        return next((space for space in spaces if space not in self.calls), None)

    def park(self, parked: Parked[CallT]) -> None:
        """Take a space that :meth:`find_space` has found."""
        assert parked.space not in self.calls
        self.calls[parked.space] = parked
        self._newest = parked.space

    def find_call(self, space: int | None = None) -> Parked[CallT] | None:
        """The call in a space, without one the call that is there for longest."""
        if space is None:
            space = min(self.calls, key=lambda each: self.calls[each].parked_at, default=None)
        return None if space is None else self.calls.get(space)

    def leave(self, parked: Parked[CallT]) -> bool:
        """A call is gone, or taken; returns whether it stood there until now."""
        if self.calls.get(parked.space) is not parked:
            return False
        del self.calls[parked.space]
        return True
