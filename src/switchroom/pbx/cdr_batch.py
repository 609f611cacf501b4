"""Hands finished call records to the backends: each at once, or many together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from switchroom.storage.call_record import CallRecord


class RecordBackend(Protocol):
    """Takes finished records."""

    @property
    def name(self) -> str:
        """As ``cdr show status`` lists it."""
        ...

    def write(self, record: CallRecord) -> object:
        """Take a record; never waits."""
        ...


class RecordBatch:
    """Keeps records until there are enough of them, or one is old enough.

    Args:
        backends: Get each record.
        size: How many are handed on together; 1: each at once.
        within: Seconds that a record is kept at most.
    """

    def __init__(
        self, backends: Sequence[RecordBackend], *, size: int = 1, within: float = 300.0
    ) -> None:
        self.backends = tuple(backends)
        self.size = size
        self.within = within
        self.kept: list[CallRecord] = []
        self._timer: asyncio.TimerHandle | None = None

    def take(self, record: CallRecord) -> None:
        """Keep a record, or hand on all there are."""
        self.kept.append(record)
        if len(self.kept) >= self.size:
            self.submit()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.within, self.submit)

    def submit(self) -> int:
        """Hand on what is kept; returns how many those were."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        records, self.kept = self.kept, []
        for record in records:
            for backend in self.backends:
                backend.write(record)
        return len(records)

    @property
    def seconds_left(self) -> float:
        """Until what is kept is handed on; the whole time where nothing is."""
        if self._timer is None:
            return self.within
        return max(0.0, self._timer.when() - asyncio.get_running_loop().time())
