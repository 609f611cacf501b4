"""Brings changes to databases: journal first, in order, each exactly once.

A change is acknowledged when it stands in the journal on disk; whoever makes it never waits for a
database. What the journal holds is delivered in the order of its positions, many changes in one
transaction. The same transaction moves this journal's line of the table :data:`LEDGER` in that
database from the position before to the new one, and only if it still stands there: so a commit
whose answer was lost is found to have happened, and one that a frozen server carries out
late cannot happen twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import TYPE_CHECKING

from switchroom.storage.sql.errors import RefusedError, UnreachableError
from switchroom.storage.sql.journal import Entry, Journal
from switchroom.storage.sql.source import Session, Source
from switchroom.storage.sql.statements import Change, Text, build
from switchroom.storage.sql.thread import SqlThread

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.sql.expression import TableClause

logger = logging.getLogger(__name__)

LEDGER = "switchroom_ledger"
MAX_BATCH = 200  #: changes in one transaction
AGAIN_AFTER = 5.0  #: seconds until what a database refuses for now is offered again
FLUSH_WITHIN = 5.0  #: seconds that a stop waits for what is still to be delivered


class _MovedError(Exception):
    """The ledger stands elsewhere: somebody delivered meanwhile, and it was us."""


class SqlWriter:
    """The changes of a node on their way to its databases; safe to use from any thread.

    Args:
        thread: Where it works.
        sources: The databases, by name.
        journal: Where changes wait.
    """

    def __init__(self, thread: SqlThread, sources: dict[str, Source], journal: Journal) -> None:
        self.journal = journal
        self._thread = thread
        self._sources = sources
        self._deliveries: dict[str, _Delivery] = {}
        journal.on_appended = self._appended
        for name in journal.sources():
            self._appended({name})

    def write(self, source: str, change: Change) -> Future[int]:
        """Take a change; what is returned is done when it is safe on disk."""
        return self.journal.append(source, change)

    def _appended(self, sources: set[str]) -> None:
        self._thread.loop.call_soon_threadsafe(self._wake, sources)

    def _wake(self, names: set[str]) -> None:
        for name in names:
            source = self._sources.get(name)
            if source is None:
                logger.warning("changes wait for a database that is not configured: %s", name)
                continue
            delivery = self._deliveries.get(name)
            if delivery is not None and delivery.source is not source:
                if delivery.task is not None:
                    delivery.task.cancel()  # it is configured anew
                delivery = None
            if delivery is None:
                delivery = self._deliveries[name] = _Delivery(source, self.journal)
                source.on_back.append(delivery.wake)
                work = delivery.run()
                delivery.task = self._thread.loop.create_task(work, name=f"changes for {name}")
                delivery.task.add_done_callback(_tell_failure)
            delivery.wake()

    def close(self) -> None:
        """Deliver what can be delivered now; the rest stays on disk."""
        self.journal.stop_appending()
        self._thread.submit(self._flush()).result()

    async def _flush(self) -> None:
        deliveries = list(self._deliveries.values())
        waiting = [each.idle.wait() for each in deliveries if each.source.is_up]
        if waiting:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_WITHIN):
                    await asyncio.gather(*waiting)
        for each in deliveries:
            if each.task is not None:
                each.task.cancel()
        left = sum(self.journal.waiting(each.source.name) for each in deliveries)
        if left:
            logger.warning("%d changes of databases stay in the journal for the next start", left)


def _tell_failure(task: asyncio.Task[None]) -> None:
    """A delivery ends when it is cancelled; anything else is a fault of ours."""
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s stops", task.get_name(), exc_info=error)


class _Delivery:
    """Brings the changes of one database there."""

    def __init__(self, source: Source, journal: Journal) -> None:
        self.source = source
        self.idle = asyncio.Event()
        self.task: asyncio.Task[None] | None = None
        self._journal = journal
        self._woken = asyncio.Event()
        self._has_ledger: bool | None = None
        self._position = 0  #: where our line of the ledger stands, as far as we know
        self._is_told = False
        # Two names may lead to one database: each has a line of its own there.
        name = f"{journal.name}:{source.name}".encode()
        self._line = hashlib.sha256(name).hexdigest()[:32]

    def wake(self) -> None:
        """There is something, or the database is back."""
        self.idle.clear()
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._woken.clear()
            try:
                await self._deliver_all()
            except UnreachableError:
                await self._woken.wait()  # when it is back
            except RefusedError as error:
                self._tell(error)
                self._has_ledger = None
                await asyncio.sleep(AGAIN_AFTER)
            else:
                self._is_told = False
                self.idle.set()
                await self._woken.wait()

    def _tell(self, error: RefusedError) -> None:
        if not self._is_told:
            self._is_told = True
            waiting = self._journal.waiting(self.source.name)
            logger.error("%s; %d changes wait for it in the journal", error, waiting)

    async def _deliver_all(self) -> None:
        while entries := self._journal.first(self.source.name, MAX_BATCH):
            if self._has_ledger is None:
                await self._open_ledger()
            try:
                await self._deliver(entries)
            except RefusedError as error:
                if not error.for_good:
                    raise
                await self._deliver_singly(entries)

    async def _deliver(self, entries: Sequence[Entry]) -> None:
        """Have all of these done, or none."""
        try:
            await self.source.here(lambda session: self._carry_out(session, entries))
        except _MovedError:
            await self._look_up()
        else:
            self._position = entries[-1].position
        if self._position:
            self._journal.forget(self.source.name, self._position)

    async def _deliver_singly(self, entries: Sequence[Entry]) -> None:
        """One of them will never be taken: find it, put it aside, go on."""
        for entry in entries:
            try:
                await self._deliver([entry])
            except RefusedError as error:
                if not error.for_good:
                    raise
                logger.error("a change is put aside: %s", error)  # noqa: TRY400  # known
                self._journal.refuse(self.source.name, entry.position, str(error))

    async def _carry_out(self, session: Session, entries: Sequence[Entry]) -> None:
        session.has_begun = True
        if self._has_ledger:
            await self._move_ledger(session, entries[-1].position)
        for entry in entries:
            await carry_out(session, entry.change)

    # the ledger

    async def _open_ledger(self) -> None:
        """Find our line, or make it; a database that lets us make no table gets along without."""
        try:
            await self.source.here(self._make_ledger)
        except RefusedError as error:
            self._has_ledger = False
            logger.warning(
                "%s: without the table %s a change may come twice after an outage: %s",
                self.source.name, LEDGER, error,
            )  # fmt: skip
            return
        self._has_ledger = True
        await self._look_up()

    async def _make_ledger(self, session: Session) -> None:
        if await self._read_ledger_if_any(session) is not None:
            return
        ledger = _ledger()
        row = {"journal": self._line, "position": 0}
        await session.connection.execute(ledger.insert().values(row))

    async def _read_ledger_if_any(self, session: Session) -> int | None:
        def has_table(connection: Connection) -> bool:
            from sqlalchemy import inspect

            return bool(inspect(connection).has_table(LEDGER))

        if not await session.connection.run_sync(has_table):
            await session.connection.exec_driver_sql(
                f"CREATE TABLE {LEDGER}"
                "(journal VARCHAR(64) NOT NULL PRIMARY KEY, position BIGINT NOT NULL)"
            )
            return None
        return await self._read_ledger(session)

    async def _read_ledger(self, session: Session) -> int | None:
        from sqlalchemy import select

        ledger = _ledger()
        query = select(ledger.c.position).where(ledger.c.journal == self._line)
        found = (await session.connection.execute(query)).scalar()
        return None if found is None else int(found)

    async def _look_up(self) -> None:
        found: int | None = await self.source.here(self._read_ledger)
        self._position = found or 0

    async def _move_ledger(self, session: Session, position: int) -> None:
        ledger = _ledger()
        move = ledger.update().where(
            ledger.c.journal == self._line, ledger.c.position == self._position
        )
        moved = await session.connection.execute(move.values(position=position))
        if moved.rowcount != 1:
            raise _MovedError


def _ledger() -> TableClause:
    from sqlalchemy import BigInteger, String, column, table

    return table(LEDGER, column("journal", String()), column("position", BigInteger()))


async def carry_out(session: Session, change: Change) -> int:
    """Run a change within a session; returns how many rows it touched."""
    session.has_begun = True
    if isinstance(change, Text):
        affected = (await session.run_text(change.sql)).affected
        if not affected and change.fallback:
            affected = (await session.run_text(change.fallback)).affected
        return affected
    shape = await session.shape(change.table)
    return (await session.run(build(change, shape))).affected
