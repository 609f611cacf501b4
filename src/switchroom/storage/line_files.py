"""Files of records, a line each, appended by one thread: who tells a record never waits for a disk.

The thread takes what has gathered and appends it to each file in one write. A line is whole or not
there. What cannot be written (a full disk, a folder without rights) is kept and tried again.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from switchroom.base.futures import settle

logger = logging.getLogger(__name__)

MAX_GROUP = 1000  #: records in one write
RETRY_AFTER = 5.0  #: seconds until what could not be written is tried again
MAX_KEPT = 100_000  #: records that wait for a disk; beyond that the newest are refused


@dataclass(frozen=True, slots=True)
class _Write:
    file: str
    line: bytes
    further: tuple[str, ...]
    done: Future[None]


class LineFiles:
    """The files of a folder; safe to use from any thread.

    Args:
        folder: Made when absent.
        what: The records in the words of the log: ``call records``.
        is_durable: A line is on disk, rather than with the system, before it is acknowledged.
    """

    def __init__(self, folder: Path, what: str, *, is_durable: bool = True) -> None:
        self._folder = folder
        self._what = what
        self._is_durable = is_durable
        self._writes: queue.Queue[_Write | None] = queue.Queue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name=what, daemon=True)
        self._thread.start()

    def write(self, file: str, line: str, *, further: tuple[str, ...] = ()) -> Future[None]:
        """Take a line; what is returned is done when it is in ``file``.

        Args:
            file: Its name in the folder.
            line: Its end included.
            further: Files that get it too, if they can be written then.
        """
        done: Future[None] = Future()
        if self._writes.qsize() >= MAX_KEPT:
            logger.error("one of the %s is lost: the disk takes none: %s", self._what, line.strip())
            done.cancel()
            return done
        data = line.encode("utf-8", "surrogateescape")
        self._writes.put(_Write(file, data, further, done))
        return done

    def close(self) -> None:
        """Write what there is and end; what cannot be written now is lost, and told."""
        self._closing.set()
        self._writes.put(None)
        self._thread.join()

    # the thread

    def _write_all(self) -> None:
        goes_on = True
        while goes_on:
            group: list[_Write] = []
            entry = self._writes.get()
            while entry is not None:
                group.append(entry)
                if len(group) == MAX_GROUP or self._writes.empty():
                    break
                entry = self._writes.get()
            goes_on = entry is not None
            self._write_group(group)

    def _write_group(self, group: list[_Write]) -> None:
        written: list[_Write] = []
        for file in dict.fromkeys(each.file for each in group):
            writes = [each for each in group if each.file == file]
            if self._write_to(file, writes):
                written += writes
        further: dict[str, list[bytes]] = {}
        for each in written:
            for name in each.further:
                further.setdefault(name, []).append(each.line)
        for name, lines in further.items():
            self._append(name, b"".join(lines))
        for each in written:
            settle(each.done, None)

    def _write_to(self, file: str, writes: list[_Write]) -> bool:
        """Have the lines in a file; returns whether they are there."""
        data = b"".join(each.line for each in writes)
        while not self._append(file, data):
            if self._closing.wait(RETRY_AFTER):
                logger.error("%d %s are lost", len(writes), self._what)
                for each in writes:
                    each.done.cancel()
                return False
        return True

    def _append(self, name: str, data: bytes) -> bool:
        path = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Opened for each write, so that who rotates it need not tell us.
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                _write_whole(file, data)
                if self._is_durable:
                    os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            logger.error("cannot write %s to %s: %s", self._what, path, error)  # noqa: TRY400  # known
            return False
        return True


def _write_whole(file: int, data: bytes) -> None:
    """All of it or, as far as the disk allows, nothing."""
    before = os.fstat(file).st_size
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(file, left) :]
    except OSError:
        os.ftruncate(file, before)
        raise


def is_plain_name(name: str) -> bool:
    """Whether a text may name a file of a folder: nothing that leads elsewhere."""
    return bool(name) and "/" not in name and "\0" not in name and name[0] != "."
