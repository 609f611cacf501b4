"""The last known copies of what databases answered: what calls go on with when they are gone.

A text a key, in memory for who reads, and on disk for the next start. Disk comes later and aside:
what a kill takes away is the newest second of a copy, which the database has anyway.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import OrderedDict
from pathlib import Path

from switchroom.storage.sql.thread import SqlThread

logger = logging.getLogger(__name__)

MAX_COPIES = 20_000  #: the oldest go
MAX_BYTES = 16 * 1024 * 1024  #: of one copy; a larger one is not kept
WRITE_AFTER = 1.0  #: seconds from the first change to the disk

_SCHEMA = "CREATE TABLE IF NOT EXISTS copy(key TEXT PRIMARY KEY, value TEXT NOT NULL, at REAL)"


class Copies:
    """The copies of a node; made empty where the file cannot be used.

    Args:
        path: The file, made when absent.
        thread: Writes it.
    """

    def __init__(self, path: Path, thread: SqlThread) -> None:
        self._kept: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._changed: set[str] = set()
        self._thread = thread
        self._path = path
        self._is_due = False
        self._connection: sqlite3.Connection | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Passwords of phones are among them; what SQLite puts beside it is as open as this.
            path.touch(mode=0o600)
            path.chmod(0o600)
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
            self._connection.execute(_SCHEMA)
            for key, value, at in self._connection.execute(
                "SELECT key, value, at FROM copy ORDER BY at"
            ):
                self._kept[key] = (value, at)
        except (sqlite3.Error, OSError) as error:
            logger.warning("copies of databases are kept in memory only: %s: %s", path, error)
            self._connection = None

    def get(self, key: str) -> tuple[str, float] | None:
        """A copy, and when it was made, in seconds since 1970."""
        return self._kept.get(key)

    def put(self, key: str, value: str) -> None:
        """Keep a copy; for any thread."""
        if len(value) > MAX_BYTES:
            return
        before = self._kept.get(key)
        self._kept[key] = (value, _wall_clock())
        self._kept.move_to_end(key)
        if before is not None and before[0] == value:
            return
        while len(self._kept) > MAX_COPIES:
            oldest, _ = self._kept.popitem(last=False)
            self._changed.add(oldest)
        self._changed.add(key)
        if not self._is_due:
            self._is_due = True
            self._thread.loop.call_soon_threadsafe(self._write_later)

    def write_soon(self) -> None:
        """Bring what changed to the disk at once; for any thread."""
        self._thread.loop.call_soon_threadsafe(self.write)

    def _write_later(self) -> None:
        self._thread.loop.call_later(WRITE_AFTER, self.write)

    def write(self) -> None:
        """Bring what changed to the disk."""
        self._is_due = False
        changed, self._changed = self._changed, set()
        if self._connection is None or not changed:
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for key in list(changed):  # whoever puts just now may have the same set in hand
                kept = self._kept.get(key)
                if kept is None:
                    self._connection.execute("DELETE FROM copy WHERE key = ?", (key,))
                else:
                    self._connection.execute(
                        "INSERT OR REPLACE INTO copy VALUES (?, ?, ?)", (key, *kept)
                    )
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.rollback()
            logger.warning("cannot write copies of databases to %s: %s", self._path, error)

    def close(self) -> None:
        """Write what there is, and release the file."""
        self.write()
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _wall_clock() -> float:
    return time.time()  # noqa: TID251  # copies outlive the process
