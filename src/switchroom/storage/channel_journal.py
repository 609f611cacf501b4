"""The journal of channels: which were born, which are gone, and which records they must have.

What the other records are held against (``switchroom records verify``). A line is with the system
when the call that wrote it returns, so a process that is killed loses none. Files are named after
days; those that are old go.
"""

from __future__ import annotations

import fcntl
import json
import logging
import math
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from switchroom.storage.call_record import CallRecord

logger = logging.getLogger(__name__)

FOLDER = "records"  #: in the spool
LOCK = "journal.lock"
_PATTERN = "channels-*.jsonl"
#: A text in JSON; as quick as can be, since each channel has two lines.
_text = json.encoder.encode_basestring_ascii


@dataclass(frozen=True, slots=True)
class RecordKey:
    """What tells call records apart in whatever form they are kept."""

    channel: str
    destination: str
    start: int  #: seconds since the epoch
    disposition: str


@dataclass(slots=True)
class JournalledChannel:
    """One channel as the journal has it."""

    unique_id: str
    name: str
    born_at: float
    gone_at: float | None = None
    records: list[RecordKey] = field(default_factory=list)


@dataclass(slots=True)
class JournalledRun:
    """What one process wrote."""

    started_at: float
    keeps_records: bool
    events: frozenset[str]  #: channel events that were told
    is_alive: bool = False
    channels: dict[str, JournalledChannel] = field(default_factory=dict)


class ChannelJournal:
    """Writes the journal of one process.

    Args:
        folder: Made when absent.
        keep: Days of which files are kept.
    """

    def __init__(self, folder: Path, *, keep: int = 7) -> None:
        self._folder = folder
        self._keep = keep
        self._file = -1
        self._until = -math.inf  #: when the file's day is over
        self._first = ""  #: begins each file
        self._records: dict[str, list[list[Any]]] = {}
        self._is_failing = False
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def begin(self, *, now: float, keeps_records: bool, events: Iterable[str]) -> None:
        """A process begins.

        Args:
            now: The moment.
            keeps_records: Whether channels get call records.
            events: The channel events that are told.
        """
        first = {"run": now, "cdr": keeps_records, "cel": sorted(events)}
        self._first = f"{json.dumps(first)}\n"
        self._append("", now)

    def born(self, unique_id: str, name: str, *, now: float) -> None:
        """A channel was made."""
        self._append(f'{{"born":{_text(unique_id)},"name":{_text(name)},"at":{now}}}\n', now)

    def record(self, record: CallRecord) -> None:
        """A call record was handed on; its channel is about to be gone."""
        key = [record.channel, record.dstchannel, int(record.start), str(record.disposition)]
        self._records.setdefault(record.uniqueid, []).append(key)

    def gone(self, unique_id: str, *, now: float) -> None:
        """A channel is over."""
        found = self._records.pop(unique_id, None)
        records = json.dumps(found) if found else "[]"
        self._append(f'{{"gone":{_text(unique_id)},"at":{now},"records":{records}}}\n', now)

    def close(self) -> None:
        """The process ends."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        os.close(self._lock)

    def _append(self, line: str, now: float) -> None:
        try:
            if now >= self._until:
                self._open(now)
                line = self._first + line
            os.write(self._file, line.encode())
        except OSError as error:
            if not self._is_failing:
                logger.warning("the journal of channels cannot be written: %s", error)
            self._is_failing = True
        else:
            self._is_failing = False

    def _open(self, now: float) -> None:
        today = time.localtime(now)
        path = self._folder / f"channels-{time.strftime('%Y%m%d', today)}.jsonl"
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        if self._file >= 0:
            os.close(self._file)
        self._file = file
        tomorrow = (today.tm_year, today.tm_mon, today.tm_mday + 1, 0, 0, 0, 0, 0, -1)
        self._until = time.mktime(tomorrow)
        for old in sorted(self._folder.glob(_PATTERN))[: -self._keep]:
            old.unlink(missing_ok=True)


def read_journal(folder: Path) -> list[JournalledRun]:
    """All that the journal has, process by process, in the order in which they began."""
    runs: dict[float, JournalledRun] = {}
    run: JournalledRun | None = None
    is_alive = _is_locked(folder / LOCK)
    for entry in _entries(sorted(folder.glob(_PATTERN))):
        if "run" in entry:
            at = float(entry["run"])
            run = runs.setdefault(
                at, JournalledRun(at, bool(entry["cdr"]), frozenset(entry["cel"]))
            )
        elif run is not None:
            _take(run, entry)
    found = list(runs.values())
    if found:
        found[-1].is_alive = is_alive
    return found


def _take(run: JournalledRun, entry: dict[str, Any]) -> None:
    at = float(entry["at"])
    if "born" in entry:
        unique_id = str(entry["born"])
        run.channels[unique_id] = JournalledChannel(unique_id, str(entry["name"]), at)
        return
    channel = run.channels.get(str(entry["gone"]))
    if channel is not None:
        channel.gone_at = at
        channel.records = [RecordKey(*key) for key in entry["records"]]


def _entries(paths: Sequence[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            try:
                yield json.loads(line)
            except ValueError:  # the last line of a machine that lost its power
                logger.warning("%s:%d: half a line", path, number)


def _is_locked(path: Path) -> bool:
    """Whether a process that lives writes the journal."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False
