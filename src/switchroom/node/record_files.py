"""Backends that write records as lines somebody has put together in a configuration file."""

from __future__ import annotations

import syslog
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial

from switchroom.base.errors import ConfigError, DialplanError
from switchroom.config.records.cdr_syslog import SyslogLine
from switchroom.config.records.mappings import LineMapping
from switchroom.dialplan.column_lines import ColumnEventLine, ColumnLine
from switchroom.dialplan.event_lines import EventLine
from switchroom.dialplan.record_lines import CallStandIn, EventStandIn, LineTemplate
from switchroom.pbx.pbx import Pbx
from switchroom.storage.call_record import CallRecord
from switchroom.storage.cel_record import CelRecord
from switchroom.storage.line_files import LineFiles


def _template_of(pbx: Pbx, mapping: LineMapping) -> LineTemplate | ColumnLine:
    try:
        if mapping.format is not None:
            return ColumnLine(pbx, mapping.format)
        return LineTemplate(pbx, mapping.template)
    except DialplanError as error:
        raise ConfigError(str(error), path=mapping.path, line=mapping.line) from error


def _event_line(
    pbx: Pbx, mapping: LineMapping, stand_in: EventStandIn, date_format: str
) -> EventLine | ColumnEventLine:
    try:
        if mapping.format is not None:
            return ColumnEventLine(pbx, mapping.format, stand_in)
        return EventLine(pbx, mapping.template, stand_in, date_format)
    except DialplanError as error:
        raise ConfigError(str(error), path=mapping.path, line=mapping.line) from error


class CdrFiles:
    """``cdr_custom.conf``; fulfils :class:`~switchroom.pbx.records.cdr_batch.RecordBackend`.

    Args:
        pbx: The core.
        files: Where lines go.
        lines: What they say.

    Raises:
        ConfigError: A line is written so that it cannot be made.
    """

    name = "cdr-custom"

    def __init__(self, pbx: Pbx, files: LineFiles, lines: Sequence[LineMapping]) -> None:
        self._files = files
        self._stand_in = CallStandIn(pbx)
        self._templates = [(each.file, _template_of(pbx, each)) for each in lines]

    def write(self, record: CallRecord) -> Future[None]:
        """Take a record; what is returned is done when it is in all files."""
        channel = self._stand_in.show(record)
        written = [
            self._files.write(file, template.line(channel)) for file, template in self._templates
        ]
        return written[-1]  # one thread writes, one after the other


class CdrSyslog:
    """``cdr_syslog.conf``; fulfils :class:`~switchroom.pbx.records.cdr_batch.RecordBackend`.

    Args:
        pbx: The core.
        lines: What is told.
        send: Takes the sum of facility and priority, and a line; the system's log otherwise.

    Raises:
        ConfigError: A line is written so that it cannot be made.
    """

    name = "cdr_syslog"

    def __init__(
        self,
        pbx: Pbx,
        lines: Sequence[SyslogLine],
        send: Callable[[int, str], object] = syslog.syslog,
    ) -> None:
        self._stand_in = CallStandIn(pbx)
        self._lines = [
            (partial(send, _number(each)), _template_of(pbx, each.mapping)) for each in lines
        ]

    def write(self, record: CallRecord) -> None:
        """Take a record."""
        channel = self._stand_in.show(record)
        for send, template in self._lines:
            send(template.line(channel).rstrip("\n"))


def _number(line: SyslogLine) -> int:
    facility: int = getattr(syslog, f"LOG_{line.facility.upper()}")
    priority: int = getattr(syslog, f"LOG_{line.priority.upper()}")
    return facility | priority


class CelFiles:
    """``cel_custom.conf``; fulfils :class:`~switchroom.pbx.records.cel.CelBackend`.

    Args:
        pbx: The core.
        files: Where lines go.
        lines: What they say.
        date_format: Of times; empty: seconds since 1970.

    Raises:
        ConfigError: A line is written so that it cannot be made.
    """

    name = "CEL Custom CSV Logging"

    def __init__(
        self, pbx: Pbx, files: LineFiles, lines: Sequence[LineMapping], date_format: str
    ) -> None:
        self._files = files
        stand_in = EventStandIn(pbx, date_format)
        self._lines = [(each.file, _event_line(pbx, each, stand_in, date_format)) for each in lines]

    def write(self, record: CelRecord) -> None:
        """Take an event."""
        for file, line in self._lines:
            self._files.write(file, line.line(record))
