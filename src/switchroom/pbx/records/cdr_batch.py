"""Hands finished call records to the backends: each at once, or many together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Protocol

from switchroom.storage.call_record import CallRecord
from switchroom.storage.record_journal import RecordJournal


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
        journal: Keeps on disk what waits, where records do.
    """

    def __init__(
        self,
        backends: Sequence[RecordBackend],
        *,
        size: int = 1,
        within: float = 300.0,
        journal: RecordJournal | None = None,
    ) -> None:
        self.backends = tuple(backends)
        self.size = size
        self.within = within
        self.kept: list[CallRecord] = []
        self._journal = journal
        self._timer: asyncio.TimerHandle | None = None

    def recover(self) -> int:
        """Hand on what a process held that was killed; returns how many records those were."""
        count = 0
        if self._journal is not None:
            for path, records in self._journal.left_over():
                count += len(records)
                self._hand_on(records, path)
        return count

    def take(self, record: CallRecord) -> None:
        """Keep a record, or hand on all there are."""
        self.kept.append(record)
        if self._journal is not None and self.size > 1:
            self._journal.keep(record)
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
        self._hand_on(records, self._journal.next() if self._journal is not None else None)
        return len(records)

    def _hand_on(self, records: Sequence[CallRecord], path: Path | None) -> None:
        """Let the backends have them; the file goes when those that tell have written all."""
        results = [backend.write(record) for record in records for backend in self.backends]
        journal = self._journal
        if path is None or journal is None:
            return
        open_ = {result for result in results if isinstance(result, Future)}
        if not open_:
            journal.forget(path)

        def done(future: Future[Any]) -> None:  # in the thread of the backend
            open_.discard(future)
            if not open_ and not any(_has_failed(r) for r in results):
                journal.forget(path)

        for result in tuple(open_):
            result.add_done_callback(done)

    @property
    def seconds_left(self) -> float:
        """Until what is kept is handed on; the whole time where nothing is."""
        if self._timer is None:
            return self.within
        return max(0.0, self._timer.when() - asyncio.get_running_loop().time())


def _has_failed(result: object) -> bool:
    return isinstance(result, Future) and (result.cancelled() or result.exception() is not None)
