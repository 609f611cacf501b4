"""Call records as rows of a table; what the table has columns for is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import MappingProxyType

from switchroom.storage.call_record import CallRecord, billed_seconds
from switchroom.storage.sql.statements import Insert

#: Dispositions and flags in tables that hold them as numbers.
DISPOSITIONS: Mapping[str, int] = MappingProxyType(
    {"NO ANSWER": 0, "FAILED": 2, "BUSY": 4, "ANSWERED": 8, "CONGESTION": 16, "CANCEL": 32}
)
FLAGS: Mapping[str, int] = MappingProxyType({"OMIT": 1, "BILLING": 2, "DOCUMENTATION": 3})


@dataclass(frozen=True, slots=True)
class RowRules:
    """How a record becomes a row."""

    table: str
    columns: Mapping[str, str] = field(default_factory=dict)  #: what each column gets
    only_columns: bool = False
    constants: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[tuple[str, str, bool], ...] = ()  #: variable, value, whether it must be so
    in_utc: bool = False
    numbers: frozenset[str] = frozenset()  #: columns that get numbers, whatever they hold
    bills_initiated: bool = False


def row_of(record: CallRecord, rules: RowRules) -> Insert | None:
    """The row of a record; None where the rules keep it out."""
    values, numbers = _values(record, rules)
    for name, wanted, is_meant in rules.filters:
        if (values.get(name) == wanted) is not is_meant:
            return None
    row: dict[str, str | None] = {} if rules.only_columns else {**values}
    exact: dict[str, str] = {} if rules.only_columns else {**numbers}
    for column, name in rules.columns.items():
        row[column] = values.get(name)
        if name in numbers:
            exact[column] = numbers[name]
        if column in rules.numbers and name in numbers:
            row[column] = numbers[name]
    row.update(rules.constants)
    return Insert(rules.table, row, exact)


def _values(record: CallRecord, rules: RowRules) -> tuple[dict[str, str | None], dict[str, str]]:
    """What there is of a record by the names of its variables, as texts and as numbers."""
    end = record.start if record.end is None else record.end
    duration, talked = record.duration(end), record.talked(end)
    billed = billed_seconds(talked, initiated=rules.bills_initiated)
    values: dict[str, str | None] = {
        **{name.lower(): value for name, value in record.variables.items()},
        "clid": record.clid,
        "src": record.src,
        "dst": record.dst,
        "dcontext": record.dcontext,
        "channel": record.channel,
        "dstchannel": record.dstchannel,
        "lastapp": record.lastapp,
        "lastdata": record.lastdata,
        "start": _moment(record.start, rules),
        "answer": _moment(record.answer, rules),
        "end": _moment(record.end, rules),
        "duration": str(int(duration)),
        "billsec": str(billed),
        "disposition": record.disposition,
        "amaflags": record.amaflags,
        "accountcode": record.accountcode,
        "peeraccount": record.peeraccount,
        "tenantid": record.tenantid,
        "uniqueid": record.uniqueid,
        "linkedid": record.linkedid,
        "userfield": record.userfield,
        "sequence": str(record.sequence),
    }
    numbers = {
        "duration": f"{duration:.6f}",
        "billsec": str(billed) if rules.bills_initiated else f"{talked:.6f}",
        "disposition": str(DISPOSITIONS[record.disposition]),
        "amaflags": str(FLAGS.get(record.amaflags, 3)),
    }
    return values, numbers


def _moment(moment: float | None, rules: RowRules) -> str | None:
    if moment is None:
        return None
    broken_down = time.gmtime(moment) if rules.in_utc else time.localtime(moment)
    return time.strftime("%Y-%m-%d %H:%M:%S", broken_down)


class CdrSql:
    """Gives the rows of one table to the journal; safe to use from any thread.

    Args:
        name: As ``cdr show status`` lists it.
        rules: How a record becomes a row.
        write: Takes a row; what it returns is done when the row is safe.
    """

    def __init__(self, name: str, rules: RowRules, write: Callable[[Insert], Future[int]]) -> None:
        self.name = name
        self._rules = rules
        self._write = write

    def write(self, record: CallRecord) -> Future[int] | None:
        """Take a record; what is returned is done when it is on disk."""
        row = row_of(record, self._rules)
        return None if row is None else self._write(row)
