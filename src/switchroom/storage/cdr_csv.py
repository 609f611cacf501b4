"""Call records as CSV files: ``Master.csv`` for all, and one file for each account.

One thread writes. It takes what has gathered, appends it to ``Master.csv`` in one write and has it
on disk before it touches the accounts' files, so that a record that is acknowledged is in the
master file, whole, whatever ends the process then. What cannot be written (a full disk, a folder
without rights) is kept and tried again.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from switchroom.storage.call_record import CallRecord, billed_seconds

logger = logging.getLogger(__name__)

MASTER = "Master.csv"
MAX_GROUP = 1000  #: records in one write
RETRY_AFTER = 5.0  #: seconds until what could not be written is tried again
MAX_KEPT = 100_000  #: records that wait for a disk; beyond that the newest are refused


@dataclass(frozen=True, slots=True)
class CsvColumns:
    """Which columns there are, and how times and seconds are written."""

    in_utc: bool = False
    unique_id: bool = False
    user_field: bool = False
    new_columns: bool = False  #: the peer's account, the linked id and the sequence
    bills_initiated: bool = False  #: a second that has begun is billed


def csv_line(record: CallRecord, columns: CsvColumns = CsvColumns()) -> str:
    """One record as a line, its end included; texts are quoted, numbers are not."""
    end = record.start if record.end is None else record.end
    billed = billed_seconds(record.talked(end), initiated=columns.bills_initiated)
    cells = [
        _quoted(record.accountcode),
        _quoted(record.src),
        _quoted(record.dst),
        _quoted(record.dcontext),
        _quoted(record.clid),
        _quoted(record.channel),
        _quoted(record.dstchannel),
        _quoted(record.lastapp),
        _quoted(record.lastdata),
        _moment(record.start, columns),
        _moment(record.answer, columns),
        _moment(record.end, columns),
        str(int(record.duration(end))),
        str(billed),
        _quoted(record.disposition),
        _quoted(record.amaflags),
    ]
    if columns.unique_id:
        cells.append(_quoted(record.uniqueid))
    if columns.user_field:
        cells.append(_quoted(record.userfield))
    if columns.new_columns:
        cells += [_quoted(record.peeraccount), _quoted(record.linkedid), str(record.sequence)]
    return ",".join(cells) + "\n"


def _quoted(text: str) -> str:
    # A line is a record: what would break it becomes a blank.
    plain = text.replace('"', '""').replace("\r", " ").replace("\n", " ")
    return f'"{plain}"'


def _moment(moment: float | None, columns: CsvColumns) -> str:
    if moment is None:
        return '""'
    broken_down = time.gmtime(moment) if columns.in_utc else time.localtime(moment)
    return time.strftime('"%Y-%m-%d %H:%M:%S"', broken_down)


@dataclass(frozen=True, slots=True)
class _Write:
    line: bytes
    account: str
    done: Future[None]


class CdrCsv:
    """The CSV files of a folder; safe to use from any thread.

    Args:
        folder: Made when absent.
        columns: What a line holds.
        by_account: There is a file for each account too.
    """

    name = "csv"

    def __init__(
        self, folder: Path, columns: CsvColumns = CsvColumns(), *, by_account: bool = True
    ) -> None:
        self._folder = folder
        self._columns = columns
        self._by_account = by_account
        self._writes: queue.Queue[_Write | None] = queue.Queue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._write_all, name="cdr-csv", daemon=True)
        self._thread.start()

    def write(self, record: CallRecord) -> Future[None]:
        """Take a record; what is returned is done when it is on disk."""
        done: Future[None] = Future()
        if self._writes.qsize() >= MAX_KEPT:
            logger.error("a call record of %s is lost: the disk takes none", record.channel)
            done.cancel()
            return done
        line = csv_line(record, self._columns).encode("utf-8", "surrogateescape")
        self._writes.put(_Write(line, record.accountcode, done))
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
            if group:
                self._write_group(group)

    def _write_group(self, group: list[_Write]) -> None:
        while not self._append(MASTER, b"".join(each.line for each in group)):
            if self._closing.wait(RETRY_AFTER):
                logger.error("%d call records are lost", len(group))
                for each in group:
                    each.done.cancel()
                return
        if self._by_account:
            accounts: dict[str, list[bytes]] = {}
            for each in group:
                if _is_file_name(each.account):
                    accounts.setdefault(each.account, []).append(each.line)
            for account, lines in accounts.items():
                self._append(f"{account}.csv", b"".join(lines))
        for each in group:
            each.done.set_result(None)

    def _append(self, name: str, data: bytes) -> bool:
        path = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                _write_whole(file, data)
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            logger.error("cannot write call records to %s: %s", path, error)  # noqa: TRY400  # known
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


def _is_file_name(account: str) -> bool:
    """Whether an account may name a file: nothing that leads elsewhere, or to the master file."""
    return (
        bool(account)
        and "/" not in account
        and "\0" not in account
        and account[0] != "."
        and (account.lower() != "master")
    )
