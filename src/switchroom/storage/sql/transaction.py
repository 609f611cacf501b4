"""A transaction that lasts longer than one statement: its owner ends it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from switchroom.storage.sql.errors import UnreachableError
from switchroom.storage.sql.source import Attempt, Session, Source, Work
from switchroom.storage.sql.url import ISOLATIONS

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


class Transaction:
    """Holds one connection of a database from its first statement until :meth:`close`.

    Args:
        source: Whose connection it is.
        isolation: As ``res_odbc.conf`` calls it; empty: that of the database's settings.
    """

    def __init__(self, source: Source, isolation: str = "") -> None:
        self.source = source
        self.isolation = isolation
        self._connection: AsyncConnection | None = None

    async def run(self, work: Work[T]) -> T:
        """Have something done within it.

        Raises:
            UnreachableError: There is no answer; the transaction is over.
            RefusedError: The server says no.
        """

        async def done(connection: AsyncConnection) -> T:
            return await work(Session(self.source, connection))

        return await self._do(done)

    async def commit(self) -> None:
        """Make it last; the next statement begins another one."""
        if self._connection is not None:
            await self._do(lambda connection: connection.commit())

    async def roll_back(self) -> None:
        """Forget what was done."""
        if self._connection is not None:
            await self._do(lambda connection: connection.rollback())

    async def close(self) -> None:
        """Give the connection back; what was not committed is forgotten."""
        if self._connection is not None:
            await self._do(lambda connection: connection.close())
            self._connection = None

    async def _do(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        attempt: Attempt[T] = Attempt()

        async def done() -> T:
            with self.source.translated(attempt):
                connection = await self._open()
                attempt.session = Session(self.source, connection)
                attempt.session.has_begun = True
                return await work(connection)

        self.source.start(done(), attempt)
        try:
            return await self.source.wait(attempt, patient=True)
        except UnreachableError:
            connection, self._connection = self._connection, None
            if connection is not None:
                self.source.release(connection)
            raise

    async def _open(self) -> AsyncConnection:
        """In the thread: the connection, taken when it is first needed."""
        if self._connection is None:
            connection = await self.source.open_engine().connect()
            if level := ISOLATIONS.get(self.isolation):
                await connection.execution_options(isolation_level=level)
            self._connection = connection
        return self._connection
