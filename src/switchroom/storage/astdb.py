"""The AstDB: families, keys and values that survive a restart.

One table in an SQLite file, laid out as Asterisk's ``astdb.sqlite3``: the key column holds
``/family/key``. Reads happen on the event loop (a primary-key look-up takes microseconds), writes
in one worker thread that commits whatever has gathered meanwhile in one transaction, so that a
hundred concurrent writers wait for one fsync and not for a hundred.

A write is visible to reads of this process at once, and acknowledged when it is on disk.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from switchroom.base.errors import SwitchroomError

logger = logging.getLogger(__name__)

MAX_KEY_BYTES = 255  #: of ``/family/key``: the column is declared VARCHAR(256)
MAX_VALUE_BYTES = 1 << 20  #: far beyond what a dialplan stores, small enough not to hurt
MAX_GROUP = 1000  #: writes in one transaction
MAX_QUERY_ROWS = 10_000
QUERY_STEPS = 50_000_000  #: SQLite virtual machine steps, a few seconds
BUSY_TIMEOUT = 5.0  #: seconds to wait for another process that holds the file

_SCHEMA = "CREATE TABLE IF NOT EXISTS astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))"
# Text is bound as bytes: what came in as undecodable bytes must be stored as the same bytes.
_PUT = "INSERT OR REPLACE INTO astdb(key, value) VALUES (CAST(? AS TEXT), CAST(? AS TEXT))"
_DELETE = "DELETE FROM astdb WHERE key = CAST(? AS TEXT)"
_GET = "SELECT value FROM astdb WHERE key = CAST(? AS TEXT)"
_ALL = "SELECT key, value FROM astdb ORDER BY key"
# A subtree by its range of keys: "0" is the character behind "/".
_TREE = (
    "SELECT key, value FROM astdb WHERE key = CAST(?1 AS TEXT)"
    " OR (key >= CAST(?1 AS TEXT) || '/' AND key < CAST(?1 AS TEXT) || '0') ORDER BY key"
)
_BY_LAST_PART = (
    "SELECT key, value FROM astdb WHERE substr(key, -length(CAST(?1 AS TEXT)) - 1)"
    " = '/' || CAST(?1 AS TEXT) ORDER BY key"
)


class AstDbError(SwitchroomError):
    """The database cannot be opened, read or written, or was asked for something impossible."""


@dataclass(slots=True)
class _Write:
    """One write on its way to the disk: each row is put, or deleted where its value is None."""

    rows: list[tuple[str, str | None]]
    sequence: int
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None]


class AstDb:
    """An open AstDB. Belongs to the thread that made it; its methods are for the event loop.

    Args:
        path: The file, made with its folders when absent.

    Raises:
        AstDbError: The file cannot be opened or is no such database.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = _connect(path)
            self._writer.execute("PRAGMA journal_mode = WAL")
            self._writer.execute("PRAGMA synchronous = FULL")
            self._writer.execute(_SCHEMA)
            self._reader = _connect(path)
            self._reader.execute(_GET, (b"",)).fetchall()
        except (sqlite3.Error, OSError) as error:
            message = f"cannot open the AstDB {path}: {error}; move the file away to start anew"
            raise AstDbError(message) from error
        self._pending: dict[str, tuple[int, str | None]] = {}
        self._sequences = itertools.count(1)
        self._writes: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._write_all, name="astdb", daemon=True)
        self._thread.start()

    # reading

    def get(self, family: str, key: str) -> str | None:
        """The value of ``family/key``, or None."""
        full = f"/{family}/{key}"
        if (pending := self._pending.get(full)) is not None:
            return pending[1]
        rows = self._select(_GET, full)
        return str(rows[0][0]) if rows else None

    def items(self, prefix: str = "") -> list[tuple[str, str]]:
        """All ``(/family/key, value)`` at and below ``prefix``, ordered by key.

        Args:
            prefix: ``family`` or ``family/keytree``; whole parts only. Empty: everything.
        """
        top = _full_prefix(prefix)
        found = dict(self._select(_TREE, top) if top else self._select(_ALL))
        return self._with_pending(found, lambda key: _is_below(key, top))

    def keys(self, family: str, prefix: str = "") -> list[str]:
        """The full keys (``/family/key``) of a family, or of a tree in it."""
        return [key for key, _ in self.items(f"{family}/{prefix}" if prefix else family)]

    def find_key(self, key: str) -> list[tuple[str, str]]:
        """What is stored under ``key`` in any family, ordered by key."""
        end = f"/{key}"
        found = dict(self._select(_BY_LAST_PART, key))
        return self._with_pending(found, lambda full: full.endswith(end))

    def _with_pending(
        self, found: dict[str, str], wanted: Callable[[str], bool]
    ) -> list[tuple[str, str]]:
        if not self._pending:
            return list(found.items())
        for key, (_, value) in self._pending.items():
            if not wanted(key):
                continue
            if value is None:
                found.pop(key, None)
            else:
                found[key] = value
        return sorted(found.items())

    def _select(self, statement: str, *parameters: str) -> list[tuple[str, str]]:
        self._check_open()
        try:
            # Fetched whole: a statement left half read would pin an old snapshot of the file.
            return self._reader.execute(statement, [_encode(p) for p in parameters]).fetchall()
        except sqlite3.Error as error:
            raise AstDbError(f"cannot read the AstDB {self.path}: {error}") from error

    async def query(self, sql: str) -> list[list[tuple[str, str]]]:
        """Run one reading SQL statement; each row is a list of column name and value.

        Raises:
            AstDbError: The statement is wrong, writes, or takes too long.
        """
        self._check_open()
        return await asyncio.to_thread(_query, self.path, sql)

    # writing

    async def put(self, family: str, key: str, value: str) -> None:
        """Store a value; returns when it is on disk.

        Raises:
            AstDbError: Key or value is too long, or the disk refused (nothing is stored then).
        """
        if not family or not key:
            raise AstDbError("a family and a key are needed")
        full = f"/{family}/{key}"
        encoded = _encode(full)
        if len(encoded) > MAX_KEY_BYTES or b"\0" in encoded:
            raise AstDbError(f"/family/key must be text of at most {MAX_KEY_BYTES} bytes")
        if len(_encode(value)) > MAX_VALUE_BYTES:
            raise AstDbError(f"a value must not be longer than {MAX_VALUE_BYTES} bytes")
        await self._write([(full, value)])

    async def delete(self, family: str, key: str) -> bool:
        """Remove one key; returns, once that is on disk, whether it was there.

        Raises:
            AstDbError: The disk refused; the key is still there.
        """
        if self.get(family, key) is None:
            return False
        await self._write([(f"/{family}/{key}", None)])
        return True

    async def delete_tree(self, family: str, key: str = "") -> int:
        """Remove a family, or a tree of keys in it; returns how many keys that were.

        Raises:
            AstDbError: The disk refused; all keys are still there.
        """
        # An empty family is what an unset variable gives: it must not mean everything.
        gone = self.keys(family, key) if family else []
        if gone:
            await self._write([(full, None) for full in gone])
        return len(gone)

    def close(self) -> None:
        """Write out what is pending and release the file; waits for the disk. May be repeated."""
        if self._closed:
            return
        self._closed = True
        self._writes.put(None)
        self._thread.join()
        self._reader.close()

    def _check_open(self) -> None:
        if self._closed:
            raise AstDbError("the AstDB is closed")

    async def _write(self, rows: list[tuple[str, str | None]]) -> None:
        self._check_open()
        loop = asyncio.get_running_loop()
        write = _Write(rows, next(self._sequences), loop, loop.create_future())
        for key, value in rows:
            self._pending[key] = (write.sequence, value)
        self._writes.put(write)
        # Shielded: a caller that hangs up must not keep the outcome from being settled below.
        await asyncio.shield(write.done)

    def _settle(self, group: list[_Write], error: AstDbError | None) -> None:
        """On the loop: the group is on disk, or lost; readers go back to the file."""
        for write in group:
            for key, _ in write.rows:
                newest = self._pending.get(key)
                if newest is not None and newest[0] == write.sequence:
                    del self._pending[key]
            if write.done.done():
                continue
            if error is None:
                write.done.set_result(None)
            else:
                write.done.set_exception(error)

    # the worker thread

    def _write_all(self) -> None:
        try:
            for group in self._groups():
                error = self._commit(group)
                for loop in {write.loop for write in group}:
                    writes = [write for write in group if write.loop is loop]
                    try:
                        loop.call_soon_threadsafe(self._settle, writes, error)
                    except RuntimeError:  # the loop is closed: nobody waits any more
                        logger.debug("an AstDB write ended after its event loop")
        finally:
            self._writer.close()

    def _groups(self) -> Iterator[list[_Write]]:
        """Whatever has gathered, at most :data:`MAX_GROUP` at once, until the end is asked for."""
        while (first := self._writes.get()) is not None:
            group = [first]
            ended = False
            while len(group) < MAX_GROUP:
                try:
                    following = self._writes.get_nowait()
                except queue.Empty:
                    break
                if following is None:
                    ended = True
                    break
                group.append(following)
            yield group
            if ended:
                return

    def _commit(self, group: list[_Write]) -> AstDbError | None:
        try:
            self._writer.execute("BEGIN IMMEDIATE")
            for key, value in (row for write in group for row in write.rows):
                if value is None:
                    self._writer.execute(_DELETE, (_encode(key),))
                else:
                    self._writer.execute(_PUT, (_encode(key), _encode(value)))
            self._writer.execute("COMMIT")
        except sqlite3.Error as error:
            if self._writer.in_transaction:
                self._writer.rollback()
            logger.exception("the AstDB %s cannot be written", self.path)
            return AstDbError(f"the AstDB {self.path} cannot be written: {error}")
        return None


def _connect(path: Path) -> sqlite3.Connection:
    # isolation_level None: transactions are ours to begin, a lone SELECT sees the newest state.
    # The writer is made here and used by its thread only, hence check_same_thread.
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    connection.text_factory = _decode
    return connection


def _query(path: Path, sql: str) -> list[list[tuple[str, str]]]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    try:
        connection.text_factory = _decode
        connection.set_authorizer(_allow_reading)
        steps = itertools.count(1)
        limit = QUERY_STEPS // 100_000
        connection.set_progress_handler(lambda: int(next(steps) > limit), 100_000)
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        rows: Iterable[tuple[object, ...]] = cursor.fetchmany(MAX_QUERY_ROWS)
        return [
            [(name, _shown(value)) for name, value in zip(names, row, strict=True)] for row in rows
        ]
    except (sqlite3.Error, sqlite3.Warning) as error:
        raise AstDbError(f"the query failed: {error}") from error
    finally:
        connection.close()


def _allow_reading(action: int, *_: object) -> int:
    allowed = (
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    )
    return sqlite3.SQLITE_OK if action in allowed else sqlite3.SQLITE_DENY


def _shown(value: object) -> str:
    if isinstance(value, bytes):
        return _decode(value)
    return "" if value is None else str(value)


def _encode(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _decode(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _full_prefix(prefix: str) -> str:
    parts = prefix.strip("/")
    return f"/{parts}" if parts else ""


def _is_below(key: str, top: str) -> bool:
    return not top or key == top or key.startswith(f"{top}/")
