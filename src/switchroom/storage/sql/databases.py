"""The databases of a node, by name, and what waits for them. A datastore of the core."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TypeVar

from switchroom.storage.sql.copies import Copies
from switchroom.storage.sql.errors import SqlError, UnreachableError
from switchroom.storage.sql.journal import Journal
from switchroom.storage.sql.source import Source, SourceSettings, Work
from switchroom.storage.sql.statements import Change
from switchroom.storage.sql.thread import SqlThread
from switchroom.storage.sql.writer import SqlWriter, carry_out

T = TypeVar("T")


class Databases:
    """Empty, and without a thread, until :meth:`take`."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self.journal_path: Path | None = None  #: where changes wait
        self.copies_path: Path | None = None  #: where the last known copies are kept
        self.copies: Copies | None = None  #: None where there is no database
        self._thread: SqlThread | None = None
        self._writer: SqlWriter | None = None
        self._lock = threading.Lock()

    def take(self, settings: Iterable[SourceSettings]) -> None:
        """Know these databases, instead of those that are called so; connect to none yet."""
        for each in settings:
            known = self.sources.get(each.name)
            if known is not None and known.settings == each:
                continue
            thread = self._thread = self._thread or SqlThread()
            self.sources[each.name] = Source(thread, each)
            if known is not None:
                thread.submit(known.close_here())
            if self.copies is None and self.copies_path is not None:
                self.copies = Copies(self.copies_path, thread)

    def forget(self, names: Iterable[str]) -> None:
        """Know these no more; what waits for them goes on waiting."""
        for name in names:
            source = self.sources.pop(name, None)
            if source is not None and self._thread is not None:
                self._thread.submit(source.close_here())

    def deliver_what_is_left(self) -> None:
        """Begin with what waits in the journal from before.

        Raises:
            SqlError: The file cannot be used.
        """
        if self.sources and self.journal_path is not None and self.journal_path.exists():
            self._open_writer()

    def _open_writer(self) -> SqlWriter:
        with self._lock:
            if self._writer is None:
                if self.journal_path is None or self._thread is None:
                    raise SqlError("there is no journal for changes of databases")
                journal = Journal(self.journal_path)
                self._writer = SqlWriter(self._thread, self.sources, journal)
            return self._writer

    def close(self) -> None:
        """Deliver what can be, close all; may be repeated."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        if self._writer is not None:
            self._writer.close()
        for source in self.sources.values():
            thread.submit(source.close_here()).result()
        thread.close()
        if self.copies is not None:
            self.copies.close()
        if self._writer is not None:
            self._writer.journal.close()

    def source(self, name: str) -> Source:
        """A database.

        Raises:
            SqlError: It is not configured.
        """
        try:
            return self.sources[name]
        except KeyError:
            raise SqlError(f"no database is called {name!r}") from None

    async def read(self, names: Sequence[str], work: Work[T], *, patient: bool = False) -> T:
        """Ask the first of these that answers.

        Raises:
            UnreachableError: None does.
            SqlError: None is configured, or the one that answers refuses.
        """
        failure: UnreachableError | None = None
        for source in self._known(names):
            try:
                return await source.run(work, reads=True, patient=patient)
            except UnreachableError as error:
                failure = error
        assert failure is not None
        raise failure

    def _known(self, names: Sequence[str]) -> list[Source]:
        known = [self.sources[name] for name in names if name in self.sources]
        if not known:
            raise SqlError(f"no database is called {' or '.join(names)}")
        return known

    async def change(self, names: Sequence[str], change: Change) -> int | None:
        """Carry out a change in the first of these that answers, or else let it wait.

        What waits of the same table goes before, so that changes stay in order.

        Returns:
            How many rows it touched; None where it waits in the journal.

        Raises:
            UnreachableError: The database went away in the middle: it may be done, or not.
            SqlError: The database refuses, or none is configured.
        """
        known = self._known(names)
        for source in known:
            if self.is_waiting(source.name, change.table):
                break
            try:
                return await source.run(lambda session: carry_out(session, change), patient=True)
            except UnreachableError as error:
                if error.unsure:
                    raise
        await asyncio.wrap_future(self.write(known[0].name, change))
        return None

    def write(self, name: str, change: Change) -> Future[int]:
        """Let a change wait in the journal, behind all others; for any thread.

        Returns:
            Done when it is on disk.

        Raises:
            SqlError: There is no journal.
        """
        return self._open_writer().write(name, change)

    def is_waiting(self, name: str, table: str) -> bool:
        """Whether a change of a table waits; no table: a statement that is written out."""
        return self._writer is not None and self._writer.journal.is_waiting(name, table)

    def waiting(self, name: str) -> int:
        """How many changes wait for a database."""
        return self._writer.journal.waiting(name) if self._writer is not None else 0
