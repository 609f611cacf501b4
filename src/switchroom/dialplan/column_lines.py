"""Lines of records with columns: separated by a letter, or an object of JSON each."""

from __future__ import annotations

import json
import re

from switchroom.config.records.formats import Column, LineFormat
from switchroom.dialplan.record_lines import EventStandIn, LineTemplate
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.storage.cel_record import CelRecord

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
#: Columns that are numbers in JSON.
_NUMBERS = frozenset({"duration", "billsec", "sequence", "eventenum"})


class ColumnLine:
    """As :class:`~switchroom.dialplan.record_lines.LineTemplate`, of columns.

    Args:
        pbx: Whose functions.
        form: How they look.

    Raises:
        DialplanError: A function in one of them waits, or it is too complex.
    """

    def __init__(self, pbx: Pbx, form: LineFormat) -> None:
        self._form = form
        self._columns = [(each, LineTemplate(pbx, each.template)) for each in form.columns]

    def line(self, channel: Channel) -> str:
        """The line, its end included."""
        values = [
            (column, _value(column, each.line(channel)[:-1])) for column, each in self._columns
        ]
        if self._form.is_json:
            found = {column.name: _typed(column, value) for column, value in values}
            return json.dumps(found, ensure_ascii=False) + "\n"
        cells = [self._cell(column, value) for column, value in values]
        return self._form.separator.join(cells) + "\n"

    def _cell(self, column: Column, value: str) -> str:
        form = self._form
        quotes = column.quotes
        if quotes is None:
            quotes = {
                "all": True,
                "none": False,
                "non_numeric": not _NUMBER.match(value),
                "minimal": any(mark and mark in value for mark in (form.separator, form.quote)),
            }[form.quoting]
        if not quotes or not form.quote:
            return value
        if form.escape != form.quote:
            value = value.replace(form.escape, form.escape * 2)
        return form.quote + value.replace(form.quote, form.escape + form.quote) + form.quote


class ColumnEventLine:
    """The same of channel events.

    Args:
        pbx: Whose functions.
        form: How they look.
        stand_in: Shows an event to them.
    """

    def __init__(self, pbx: Pbx, form: LineFormat, stand_in: EventStandIn) -> None:
        self._line = ColumnLine(pbx, form)
        self._stand_in = stand_in

    def line(self, record: CelRecord) -> str:
        """The line of an event, its end included."""
        return self._line.line(self._stand_in.show(record))


def _value(column: Column, text: str) -> str:
    return text.partition(".")[0] if column.is_whole else text


def _typed(column: Column, value: str) -> str | int | float:
    is_number = column.quotes is not True and (column.is_number or column.name in _NUMBERS)
    if not is_number or not _NUMBER.match(value):
        return value
    return float(value) if "." in value else int(value)
