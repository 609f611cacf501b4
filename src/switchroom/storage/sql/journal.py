"""Changes on their way to a database, on disk: an outage, a crash or a kill loses none of them.

One SQLite file a node. A change has a position, which grows and is never used twice, so that the
database can be told how far it has come. One thread appends: whatever has gathered meanwhile
becomes one transaction, and who appended learns when it is on disk.
"""

from __future__ import annotations

import logging
import queue
import secrets
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from switchroom.base.futures import settle
from switchroom.storage.sql.errors import SqlError
from switchroom.storage.sql.statements import Change, change_from_json, change_to_json

logger = logging.getLogger(__name__)

BUSY_TIMEOUT = 10.0  #: seconds: the two connections of this process wait for each other
MAX_GROUP = 1000  #: changes in one transaction
RETRY_AFTER = 5.0  #: seconds until what a full disk refused is tried again

_SCHEMA = """\
CREATE TABLE IF NOT EXISTS change(
  position INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL, what TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS change_by_source ON change(source, position);
CREATE TABLE IF NOT EXISTS refused(
  position INTEGER PRIMARY KEY, source TEXT NOT NULL, what TEXT NOT NULL, why TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS journal(name TEXT NOT NULL);
"""
_NEWEST = """\
SELECT source, coalesce(json_extract(what, '$.insert'), json_extract(what, '$.update'),
                        json_extract(what, '$.delete')) AS changed, max(position)
FROM change GROUP BY source, changed
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change that waits."""

    position: int
    change: Change


@dataclass(slots=True)
class _Append:
    source: str
    table: str
    what: str
    done: Future[int]


class Journal:
    """The file; safe to use from any thread.

    Args:
        path: Made with its folder when absent.

    Raises:
        SqlError: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Values of passwords may pass through; what SQLite puts beside it is as open as this.
            path.touch(mode=0o600)
            path.chmod(0o600)
            self._reader = _connect(path)
            self._reader.execute("PRAGMA journal_mode = WAL")
            self._reader.executescript(_SCHEMA)
            # That something is forgotten may be forgotten: the ledger knows.
            self._reader.execute("PRAGMA synchronous = NORMAL")
            self._appender = _connect(path)
            self.name = self._own_name()
        except (sqlite3.Error, OSError) as error:
            raise SqlError(f"cannot open the journal {path}: {error}") from error
        self._lock = threading.Lock()
        counts = self._reader.execute("SELECT source, count(*) FROM change GROUP BY source")
        self._waiting: dict[str, int] = dict(counts.fetchall())
        #: The newest position of each table, and the newest one that was delivered.
        self._newest: dict[tuple[str, str], int] = {
            (source, table or ""): position
            for source, table, position in self._reader.execute(_NEWEST)
        }
        self._delivered: dict[str, int] = {}
        #: Called, in the journal's thread, with the sources that got something.
        self.on_appended: Callable[[set[str]], None] = lambda sources: None
        self._appends: queue.SimpleQueue[_Append | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._append_all, name="sql journal", daemon=True)
        self._thread.start()

    def _own_name(self) -> str:
        """What this file is called in ledgers; another file has another name."""
        row = self._reader.execute("SELECT name FROM journal").fetchone()
        if row is None:
            row = (secrets.token_hex(12),)
            self._reader.execute("INSERT INTO journal VALUES (?)", row)
        return str(row[0])

    def append(self, source: str, change: Change) -> Future[int]:
        """Take a change for a database; what is returned is done when it is on disk."""
        done: Future[int] = Future()
        with self._lock:
            self._waiting[source] = self._waiting.get(source, 0) + 1
        self._appends.put(_Append(source, change.table, change_to_json(change), done))
        return done

    def waiting(self, source: str) -> int:
        """How many changes wait for a database."""
        return self._waiting.get(source, 0)

    def is_waiting(self, source: str, table: str) -> bool:
        """Whether a change of a table waits; no table: a statement that is written out."""
        return self._newest.get((source, table), 0) > self._delivered.get(source, 0)

    def sources(self) -> list[str]:
        """The databases that something waits for."""
        return sorted(source for source, count in self._waiting.items() if count)

    # for the thread that delivers

    def first(self, source: str, limit: int) -> list[Entry]:
        """The oldest changes that are on disk for a database."""
        rows = self._reader.execute(
            "SELECT position, what FROM change WHERE source = ? ORDER BY position LIMIT ?",
            (source, limit),
        ).fetchall()
        found: list[Entry] = []
        for position, what in rows:
            try:
                found.append(Entry(position, change_from_json(what)))
            except ValueError as error:
                self.refuse(source, position, str(error))
        return found

    def forget(self, source: str, position: int) -> None:
        """The database has everything up to there."""
        gone = self._reader.execute(
            "DELETE FROM change WHERE source = ? AND position <= ?", (source, position)
        ).rowcount
        self._delivered[source] = max(position, self._delivered.get(source, 0))
        self._less(source, gone)

    def refuse(self, source: str, position: int, why: str) -> None:
        """Put a change aside that the database will never take."""
        self._reader.execute("BEGIN IMMEDIATE")
        self._reader.execute(
            "INSERT OR REPLACE INTO refused SELECT position, source, what, ? FROM change"
            " WHERE position = ?",
            (why, position),
        )
        gone = self._reader.execute("DELETE FROM change WHERE position = ?", (position,)).rowcount
        self._reader.execute("COMMIT")
        self._delivered[source] = max(position, self._delivered.get(source, 0))
        self._less(source, gone)

    def refused(self) -> int:
        """How many changes were put aside."""
        return int(self._reader.execute("SELECT count(*) FROM refused").fetchone()[0])

    def _less(self, source: str, count: int) -> None:
        with self._lock:
            self._waiting[source] = max(0, self._waiting.get(source, 0) - count)

    def stop_appending(self) -> None:
        """Write what there is; nothing is taken any more."""
        self._closing.set()
        self._appends.put(None)
        self._thread.join()

    def close(self) -> None:
        """Release the file."""
        self._reader.close()
        self._appender.close()

    # the thread

    def _append_all(self) -> None:
        goes_on = True
        while goes_on:
            group: list[_Append] = []
            entry = self._appends.get()
            while entry is not None:
                group.append(entry)
                if len(group) == MAX_GROUP or self._appends.empty():
                    break
                entry = self._appends.get()
            goes_on = entry is not None
            if group:
                self._append_group(group)

    def _append_group(self, group: list[_Append]) -> None:
        positions = self._write(group)
        while positions is None:
            if self._closing.wait(RETRY_AFTER):
                logger.error("%d changes of databases are lost: no disk", len(group))
                for each in group:
                    each.done.cancel()
                return
            positions = self._write(group)
        for each, position in zip(group, positions, strict=True):
            self._newest[each.source, each.table] = position
            settle(each.done, position)
        self.on_appended({each.source for each in group})

    def _write(self, group: list[_Append]) -> list[int] | None:
        positions: list[int] = []
        try:
            self._appender.execute("BEGIN IMMEDIATE")
            for each in group:
                row = (each.source, each.what)
                cursor = self._appender.execute(
                    "INSERT INTO change(source, what) VALUES (?, ?)", row
                )
                positions.append(int(cursor.lastrowid or 0))
            self._appender.execute("COMMIT")
        except sqlite3.Error as error:
            if self._appender.in_transaction:
                self._appender.rollback()
            logger.error("cannot write the journal %s: %s", self._path, error)  # noqa: TRY400  # known
            return None
        return positions


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = FULL")
    return connection
