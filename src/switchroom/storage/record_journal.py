"""Call records that wait for their batch, on disk: what a killed process held is not lost.

A batch is one file, a record one line of it. The file goes when all backends have what is in it; a
file that is there at the start is what a process held that was killed.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from switchroom.storage.call_record import CallRecord, Disposition

logger = logging.getLogger(__name__)

_PATTERN = "batch-*.jsonl"


class RecordJournal:
    """The files of a folder.

    A record is in the file when :meth:`keep` returns, whatever kills the process; of a machine that
    loses its power the last seconds may be missing.

    Args:
        folder: Made when absent.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before = sorted(folder.glob(_PATTERN)) if folder.is_dir() else []
        self._number = max((_number_of(path) for path in self._before), default=0)
        self._file: int | None = None
        self._path = folder

    def keep(self, record: CallRecord) -> None:
        """Write a record of the batch that gathers."""
        line = json.dumps(asdict(record)).encode() + b"\n"
        try:
            if self._file is None:
                self._number += 1
                self._folder.mkdir(parents=True, exist_ok=True)
                self._path = self._folder / f"batch-{self._number:08d}.jsonl"
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
                self._file = os.open(self._path, flags, 0o640)
            os.write(self._file, line)
        except OSError as error:
            logger.warning("a call record is held in memory only: %s", error)

    def next(self) -> Path | None:
        """The batch is handed on: what comes now is another one.

        Returns:
            Its file, to be forgotten once all of it is where it belongs; None: it was empty.
        """
        if self._file is None:
            return None
        os.close(self._file)
        self._file = None
        return self._path

    def forget(self, path: Path) -> None:
        """All backends have what is in a file."""
        path.unlink(missing_ok=True)

    def left_over(self) -> Iterator[tuple[Path, list[CallRecord]]]:
        """What a process held that was killed: each file, and the records in it."""
        before, self._before = self._before, []
        for path in before:
            yield path, list(_read(path))


def _number_of(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def _read(path: Path) -> Iterator[CallRecord]:
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            values = json.loads(line)
            values["disposition"] = Disposition(values["disposition"])
            yield CallRecord(**values)
        except (ValueError, TypeError, KeyError) as error:
            # The last line of a process that was killed may be half a line.
            logger.warning("%s:%d: no call record: %s", path, number, error)
