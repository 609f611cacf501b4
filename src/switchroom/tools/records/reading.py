"""Reads the records of a node from the files in which its configuration keeps them."""

from __future__ import annotations

import csv
import gzip
import io
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.language.reader import ConfigFile, read_config
from switchroom.config.odbc import OdbcConfig, read_odbc
from switchroom.config.records.cdr import read_cdr
from switchroom.config.records.mappings import (
    RecordMappings,
    read_event_mappings,
    read_record_mappings,
)
from switchroom.dialplan.references import split_parts
from switchroom.tools.records.gaps import CallLine, Found
from switchroom.tools.records.tables import read_call_table

T = TypeVar("T")

#: What a column says, by what its reference is.
_QUOTED = re.compile(r"\$\{CSV_QUOTE\((?P<inner>.*)\)\}\Z", re.DOTALL)
_CDR = re.compile(r"\$\{CDR\((?P<field>\w+)\)\}\Z")
_EVENT = re.compile(r"\$\{(?:CHANNEL\((?P<item>\w+)\)|(?P<name>\w+))\}\Z")
_FIELDS = ("channel", "dstchannel", "start", "disposition")
_CSV_PLACES = (5, 6, 9, 14)  #: of those in the files of the CSV backend


class RecordFiles:
    """Of one node.

    Args:
        asterisk: Where its files are.
    """

    def __init__(self, asterisk: AsteriskConfig) -> None:
        self._asterisk = asterisk
        self._log = asterisk.directories.astlogdir

    def read(self) -> Found:
        """All there is."""
        calls, in_utc = self._calls()
        written = partial(_moment, in_utc=in_utc)
        return Found(calls, written, self._events(), self._queue_log())

    def _config(self, name: str, read: Callable[[ConfigFile], T]) -> T | None:
        path = self._asterisk.directories.astetcdir / name
        if not path.exists():
            return None
        return read(read_config(path, allow_exec=self._asterisk.exec_includes))

    def _calls(self) -> tuple[Counter[CallLine] | None, bool]:
        """The call records, and whether their times are UTC."""
        config = self._config("cdr.conf", read_cdr)
        if config is not None and config.csv is not None:
            path = self._log / "cdr-csv" / "Master.csv"
            return _lines(path, _CSV_PLACES), config.csv.in_utc
        custom = self._config("cdr_custom.conf", read_record_mappings) or RecordMappings()
        for mapping in custom.lines:
            fields = [_field(_CDR, cell) for cell in _cells(mapping.template)]
            if set(_FIELDS) <= set(fields):
                places = [fields.index(each) for each in _FIELDS]
                return _lines(self._log / "cdr-custom" / mapping.file, places), False
        odbc = self._config("res_odbc.conf", read_odbc) or OdbcConfig({})
        return read_call_table(self._config, odbc, self._log) or (None, False)

    def _events(self) -> dict[str, Counter[str]] | None:
        custom = self._config("cel_custom.conf", read_event_mappings) or RecordMappings()
        for mapping in custom.lines:
            fields = [_field(_EVENT, cell) for cell in _cells(mapping.template)]
            if {"eventtype", "uniqueid"} <= set(fields):
                event, unique_id = fields.index("eventtype"), fields.index("uniqueid")
                found: dict[str, Counter[str]] = defaultdict(Counter)
                for row in _rows(self._log / "cel-custom" / mapping.file):
                    if len(row) > max(event, unique_id):
                        found[row[unique_id]][row[event]] += 1
                return found
        return None

    def _queue_log(self) -> list[tuple[str, str]] | None:
        files = _rotated(self._log / "queue_log")
        if not files:
            return None
        return [
            (cells[1], cells[4])
            for path in files
            for line in _text(path).splitlines()
            if len(cells := line.split("|", 5)) > 4
        ]


def _moment(at: int, *, in_utc: bool = False) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at) if in_utc else time.localtime(at))


def _lines(path: Path, places: Sequence[int]) -> Counter[CallLine]:
    return Counter(
        CallLine(*(row[place] for place in places)) for row in _rows(path) if len(row) > max(places)
    )


def _cells(template: str) -> list[str]:
    """The columns of a line as it is written: what stands between commas outside of ``${}``."""
    cells = [""]
    for part in split_parts(template):
        if part.kind == "text":
            first, *others = part.text.split(",")
            cells[-1] += first
            cells += others
        elif part.kind == "variable":
            cells[-1] += f"${{{part.text}}}"
        else:
            cells[-1] += f"$[{part.text}]"
    return cells


def _field(form: re.Pattern[str], cell: str) -> str:
    quoted = _QUOTED.match(cell.strip())
    match = form.match(quoted["inner"] if quoted is not None else cell.strip())
    return next((each.lower() for each in match.groups() if each), "") if match is not None else ""


def _rows(path: Path) -> Iterator[list[str]]:
    for each in _rotated(path):
        yield from csv.reader(io.StringIO(_text(each)))


def _rotated(path: Path) -> list[Path]:
    """A file and what rotation made of it, the oldest first as far as names tell."""
    found = [*path.parent.glob(f"{path.name}.*"), *path.parent.glob(f"{path.name}-*")]
    return [*sorted(found, reverse=True), *([path] if path.exists() else [])]


def _text(path: Path) -> str:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    return data.decode("utf-8", "surrogateescape")
