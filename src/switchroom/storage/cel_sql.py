"""Channel events as rows of a table; what the table has columns for is written."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

from switchroom.storage.cel_record import CelRecord, CelType
from switchroom.storage.sql.statements import Insert


@dataclass(frozen=True, slots=True)
class EventRules:
    """How an event becomes a row."""

    table: str
    columns: Mapping[str, str] = field(default_factory=dict)  #: what further columns get
    constants: Mapping[str, str] = field(default_factory=dict)
    filters: tuple[tuple[str, str, bool], ...] = ()  #: variable, value, whether it must be so
    in_utc: bool = False
    shows_user_events: bool = False  #: by their own names


def row_of(record: CelRecord, rules: EventRules) -> Insert | None:
    """The row of an event; None where the rules keep it out."""
    values = _values(record, rules)
    for name, wanted, is_meant in rules.filters:
        if (values.get(name) == wanted) is not is_meant:
            return None
    numbers = {"eventtype": str(CelType(record.event).number)}
    row: dict[str, str | None] = {**values}
    for column, name in rules.columns.items():
        row[column] = values.get(name)
        if name in numbers:
            numbers[column] = numbers[name]
    row.update(rules.constants)
    return Insert(rules.table, row, numbers)


def _values(record: CelRecord, rules: EventRules) -> dict[str, str]:
    """What there is of an event, by the names of the columns."""
    is_own = record.event is CelType.USER_DEFINED and rules.shows_user_events
    moment = time.gmtime(record.at) if rules.in_utc else time.localtime(record.at)
    return {
        "eventtype": record.user_event if is_own else str(record.event),
        "eventtime": time.strftime("%Y-%m-%d %H:%M:%S", moment) + f"{record.at % 1:.6f}"[1:],
        "userdeftype": record.user_event,
        "cid_name": record.caller_name,
        "cid_num": record.caller_number,
        "cid_ani": record.ani,
        "cid_rdnis": record.rdnis,
        "cid_dnid": record.dnid,
        "exten": record.extension,
        "context": record.context,
        "channame": record.channel,
        "appname": record.application,
        "appdata": record.data,
        "accountcode": record.account,
        "peeraccount": record.peer_account,
        "uniqueid": record.unique_id,
        "linkedid": record.linked_id,
        "userfield": record.user_field,
        "peer": record.peer,
        "amaflags": str(record.ama_flag),
        "extra": record.extra,
        "eventextra": record.extra,
    }


class CelSql:
    """Gives the rows of one table to the journal; safe to use from any thread.

    Args:
        name: As ``cel show status`` lists it.
        rules: How an event becomes a row.
        write: Takes a row; what it returns is done when the row is safe.
    """

    def __init__(
        self, name: str, rules: EventRules, write: Callable[[Insert], Future[int]]
    ) -> None:
        self.name = name
        self._rules = rules
        self._write = write

    def write(self, record: CelRecord) -> Future[int] | None:
        """Take an event; what is returned is done when it is on disk."""
        row = row_of(record, self._rules)
        return None if row is None else self._write(row)
