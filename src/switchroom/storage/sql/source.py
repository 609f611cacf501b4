"""One database: its connections, whether it answers, and since when it does not.

A caller waits for an answer as long as its bound allows and no longer, whatever the server does
meanwhile: the work goes on, or is given up, in the thread of :class:`~.thread.SqlThread`. Who finds
that a server does not answer marks it as down; nobody else waits for it then, until a look that
happens aside finds it back. A server that is merely slow is told from one that hangs by a second
connection, which it answers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from switchroom.storage.sql.answer import MAX_ROWS, Answer, text_of
from switchroom.storage.sql.errors import RefusedError, SqlError, UnreachableError
from switchroom.storage.sql.failures import is_for_good, is_of_connection, is_stale
from switchroom.storage.sql.shape import Shape, Shapes
from switchroom.storage.sql.thread import SqlThread
from switchroom.storage.sql.url import driver_url, engine_arguments

if TYPE_CHECKING:
    from sqlalchemy import Executable
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

logger = logging.getLogger(__name__)

T = TypeVar("T")

ANSWER_WITHIN = 1.0  #: seconds that a call waits for a database that hangs
SLOW_WITHIN = 30.0  #: seconds that a statement may take of a server that answers others meanwhile
FIRST_LOOK_AFTER = 0.25  #: seconds from the failure to the second look whether it is back
LOOK_EVERY = 5.0  #: seconds between two looks, at most
DISPOSE_WITHIN = 5.0  #: seconds that connections to a server that is gone get to close
CLOSE_WITHIN = 1.0  #: seconds that a look under way gets to end
EARLY_WITHIN = 5.0  #: seconds that a start waits for connections made before they are needed
DEFAULT_CONNECTIONS = 10


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Where a database is, and how it is used."""

    name: str
    url: str  #: of SQLAlchemy, or any of its short forms: ``postgresql://``, ``sqlite:///``
    max_connections: int = DEFAULT_CONNECTIONS
    connect_timeout: float = 10.0
    answer_within: float = ANSWER_WITHIN
    look_every: float = LOOK_EVERY  #: while it is down
    sanity_sql: str = "SELECT 1"
    backslash_is_escape: bool = True
    isolation: str = ""  #: empty: the server's own
    force_commit: bool = False  #: a transaction that nobody ends is committed with the call
    pre_connect: bool = False
    slow_after: float = 5.0  #: seconds behind which a statement is told; 0: never

    @property
    def shown_url(self) -> str:
        """The URL without its password."""
        return driver_url(self.url).render_as_string(hide_password=True)


class Session:
    """One connection at work, within a transaction."""

    def __init__(self, source: Source, connection: AsyncConnection) -> None:
        self.source = source
        self.connection = connection
        self.has_begun = False  #: the server may have seen a statement that changes something

    async def run_text(self, sql: str) -> Answer:
        """Run a statement that is written out."""
        options = {"no_parameters": True}  # a % in it is nothing but a %
        return _answer(await self.connection.exec_driver_sql(sql, execution_options=options))

    async def run(self, statement: Executable) -> Answer:
        """Run a statement that was built."""
        return _answer(await self.connection.execute(statement))

    async def shape(self, table: str) -> Shape:
        """The columns of a table."""
        return await self.source.shapes.of(self.connection, table)


def _answer(result: Any) -> Answer:
    if not result.returns_rows:
        return Answer(affected=max(0, result.rowcount))
    rows = result.fetchmany(MAX_ROWS)
    texts = tuple(tuple(text_of(value) for value in row) for row in rows)
    result.close()
    return Answer(tuple(result.keys()), texts, len(texts))


Work = Callable[[Session], Awaitable[T]]


class Attempt(Generic[T]):
    """One try, as seen from outside the thread."""

    def __init__(self) -> None:
        self.future: Future[T] = Future()
        self.session: Session | None = None

    @property
    def has_begun(self) -> bool:
        """Whether something may have been changed."""
        return self.session is not None and self.session.has_begun


class Source:
    """A database; :meth:`run` is for any event loop, :meth:`run_blocking` for none.

    Args:
        thread: Where its work is done.
        settings: Where it is.
    """

    def __init__(self, thread: SqlThread, settings: SourceSettings) -> None:
        self.settings = settings
        self.shapes = Shapes()
        self.is_up = True  #: as far as anybody knows
        self.in_use = 0  #: statements under way
        self.why_down = ""
        self.on_back: list[Callable[[], None]] = []  #: called in the thread when it is back
        self._thread = thread
        self._engine: AsyncEngine | None = None
        self._looking: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        early = self._thread.submit(self._connect_early()) if settings.pre_connect else None
        self._early: Future[None] | None = early

    @property
    def name(self) -> str:
        """As the configuration calls it."""
        return self.settings.name

    async def wait_until_tried(self) -> None:
        """Wait until it is connected, or found not to answer, where that begins by itself."""
        if self._early is not None:
            first = asyncio.wrap_future(self._early)
            await asyncio.wait({first}, timeout=EARLY_WITHIN)

    async def run(self, work: Work[T], *, reads: bool = False, patient: bool = False) -> T:
        """Have something done on a connection, in a transaction, in the thread.

        Args:
            work: Gets the session.
            reads: It changes nothing: it may be done a second time on a fresh connection.
            patient: Wait for a server that is slow, as long as it answers others.

        Raises:
            UnreachableError: There is no answer.
            RefusedError: The server says no.
        """
        return await self.wait(self._begin(work, reads=reads), patient=patient)

    async def wait(self, attempt: Attempt[T], *, patient: bool) -> T:
        """Wait for what was started, as long as the bound allows.

        Raises:
            UnreachableError: As :meth:`run`.
            RefusedError: As :meth:`run`.
        """
        bound = self.settings.answer_within
        waiting = asyncio.wrap_future(attempt.future)
        try:
            done, _ = await asyncio.wait({waiting}, timeout=bound)
            if not done and patient:
                alive = asyncio.wrap_future(self._thread.submit(self.is_alive(bound)))
                await asyncio.wait((waiting, alive), return_when=asyncio.FIRST_COMPLETED)
                if not waiting.done() and alive.result():
                    await asyncio.wait({waiting}, timeout=SLOW_WITHIN)
            if waiting.done():
                return waiting.result()
        finally:
            waiting.cancel()
        raise self._no_answer(attempt, bound)

    def start(self, work: Coroutine[Any, Any, T], attempt: Attempt[T]) -> None:
        """Begin something in the thread, unless the database is known not to answer.

        Raises:
            UnreachableError: It is.
        """
        if not self.is_up:
            work.close()
            raise UnreachableError(f"{self.name} is down: {self.why_down}")
        attempt.future = self._thread.submit(work)

    def run_blocking(self, work: Work[T], *, within: float, reads: bool = True) -> T:
        """As :meth:`run`, of who has no event loop."""
        attempt = self._begin(work, reads=reads)
        try:
            return attempt.future.result(within)
        except TimeoutError:
            attempt.future.cancel()
            raise self._no_answer(attempt, within) from None

    def _begin(self, work: Work[T], *, reads: bool) -> Attempt[T]:
        attempt: Attempt[T] = Attempt()
        self.start(self._try(work, attempt, reads=reads), attempt)
        return attempt

    def _no_answer(self, attempt: Attempt[T], bound: float) -> UnreachableError:
        message = f"no answer within {bound:g} s"
        if self.is_up:
            self.is_up, self.why_down = False, message
            self._thread.submit(self._fail(message))
        return UnreachableError(f"{self.name}: {message}", unsure=attempt.has_begun)

    def release(self, connection: AsyncConnection) -> None:
        """Give back a connection on which nobody waits any more."""
        self._thread.submit(_release(connection))

    # in the thread

    async def here(self, work: Work[T]) -> T:
        """As :meth:`run`, of who is in the thread and can wait :data:`SLOW_WITHIN`.

        Raises:
            UnreachableError: As :meth:`run`.
            RefusedError: As :meth:`run`.
        """
        if not self.is_up:
            raise UnreachableError(f"{self.name} is down: {self.why_down}")
        return await self._try(work, Attempt(), reads=False, within=SLOW_WITHIN)

    async def _try(
        self, work: Work[T], attempt: Attempt[T], *, reads: bool, within: float | None = None
    ) -> T:
        try:
            return await self._once(work, attempt, within)
        except UnreachableError as error:
            # A server that was started anew leaves us with connections that are none.
            await self._let_go()
            if not (reads or not error.unsure):
                await self._fail(str(error))
                raise
        except RefusedError as error:
            if not error.stale:
                raise
        try:
            return await self._once(work, attempt, within)
        except UnreachableError as error:
            await self._fail(str(error))
            raise

    async def _once(self, work: Work[T], attempt: Attempt[T], within: float | None) -> T:
        attempt.session = None
        with self.translated(attempt):
            async with asyncio.timeout(within), self.open_engine().begin() as connection:
                session = attempt.session = Session(self, connection)
                return await work(session)

    @contextmanager
    def translated(self, attempt: Attempt[T]) -> Iterator[None]:
        """Turn what drivers raise into our own errors; say what took long."""
        from sqlalchemy.exc import DBAPIError, SQLAlchemyError

        began_at = self._thread.loop.time()
        self.in_use += 1
        try:
            yield
        except DBAPIError as error:
            if attempt.session is None or is_of_connection(error):
                raise self._lost(str(error.orig), attempt) from error
            self.shapes.clear()  # a table may have changed
            message = f"{self.name}: {error.orig}"
            good, stale = is_for_good(error), is_stale(error)
            raise RefusedError(message, for_good=good, stale=stale) from error
        except SQLAlchemyError as error:
            if attempt.session is None:  # no connection was free in time
                raise self._lost(str(error), attempt) from error
            raise RefusedError(f"{self.name}: {error}") from error
        except (OSError, TimeoutError) as error:
            raise self._lost(str(error) or type(error).__name__, attempt) from error
        finally:
            self.in_use -= 1
            self._tell_slow(self._thread.loop.time() - began_at)

    def _lost(self, why: str, attempt: Attempt[T]) -> UnreachableError:
        return UnreachableError(f"{self.name}: {why}", unsure=attempt.has_begun)

    def _tell_slow(self, took: float) -> None:
        if self.settings.slow_after and took > self.settings.slow_after:
            logger.warning("database %s took %.1f s for a statement", self.name, took)

    def open_engine(self) -> AsyncEngine:
        """The pool of connections, in the thread; made when it is first needed."""
        if self._engine is None:
            from sqlalchemy.ext.asyncio import create_async_engine
            from sqlalchemy.pool import AsyncAdaptedQueuePool

            settings = self.settings
            url = driver_url(settings.url)
            self._engine = create_async_engine(
                url,
                poolclass=AsyncAdaptedQueuePool,
                pool_size=max(1, settings.max_connections),
                max_overflow=0,
                pool_timeout=settings.connect_timeout,
                **engine_arguments(url, settings.connect_timeout, settings.isolation),
            )
        return self._engine

    async def _let_go(self) -> None:
        """Close all connections; what is known of tables may be old."""
        engine, self._engine = self._engine, None
        self.shapes.clear()
        if engine is not None:
            await _dispose(engine)

    async def _fail(self, why: str) -> None:
        """It does not answer: say so once, and look for it from now on."""
        self.is_up, self.why_down = False, why
        if self._looking is None:
            logger.warning("database %s is gone: %s; going on without it", self.name, why)
            work = self._look()
            self._looking = self._thread.loop.create_task(work, name=f"look for {self.name}")

    async def _look(self) -> None:
        """Until it is back."""
        after = FIRST_LOOK_AFTER
        await self._let_go()
        while not await self.is_alive(self.settings.connect_timeout):
            with suppress(TimeoutError):
                async with asyncio.timeout(after):
                    await self._closing.wait()
                    return
            after = min(2 * after, self.settings.look_every)
        self._looking = None
        self.is_up, self.why_down = True, ""
        logger.warning("database %s is back", self.name)
        for tell in self.on_back:
            tell()

    async def is_alive(self, within: float) -> bool:
        """Whether it answers on a connection made for this."""
        from sqlalchemy.exc import SQLAlchemyError
        from sqlalchemy.ext.asyncio import create_async_engine
        from sqlalchemy.pool import NullPool

        url = driver_url(self.settings.url)
        engine = create_async_engine(url, poolclass=NullPool, **engine_arguments(url, within, ""))
        try:
            async with asyncio.timeout(within), engine.connect() as connection:
                await connection.exec_driver_sql(self.settings.sanity_sql)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            self.why_down = str(getattr(error, "orig", error)) or f"no answer within {within:g} s"
            return False
        finally:
            await _dispose(engine)
        return True

    async def _connect_early(self) -> None:
        with suppress(SqlError):
            await self.here(lambda session: session.run_text(self.settings.sanity_sql))

    async def close_here(self) -> None:
        """Let go of the connections, in the thread."""
        self._closing.set()
        if self._looking is not None:
            # A driver's thread that is cancelled halfway has nobody to report to.
            await asyncio.wait({self._looking}, timeout=CLOSE_WITHIN)
            self._looking.cancel()
        await self._let_go()


async def _release(connection: AsyncConnection) -> None:
    from sqlalchemy.exc import SQLAlchemyError

    with suppress(SQLAlchemyError, OSError):
        await connection.invalidate()
        await connection.close()


async def _dispose(engine: AsyncEngine) -> None:
    with suppress(TimeoutError, OSError):
        async with asyncio.timeout(DISPOSE_WITHIN):
            await engine.dispose()
