"""A table of SQLite whose columns the configuration writes out as lines of the dialplan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Generic, TypeVar

from switchroom.base.errors import ConfigError, DialplanError
from switchroom.dialplan.record_lines import LineTemplate
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.storage.sql.statements import Change, Insert, Text

RecordT = TypeVar("RecordT")


class TemplateTable(Generic[RecordT]):
    """``cdr_sqlite3_custom.conf`` and ``cel_sqlite3_custom.conf``: a backend of their records.

    Args:
        pbx: The core.
        name: The backend's.
        table: Made where there is none.
        templates: By column.
        show: Makes the channel on which the templates are evaluated.
        write: Takes changes.

    Raises:
        ConfigError: A value is written so that it cannot be made.
    """

    def __init__(
        self,
        pbx: Pbx,
        name: str,
        table: str,
        templates: Mapping[str, str],
        *,
        show: Callable[[RecordT], Channel],
        write: Callable[[Change], Future[int]],
    ) -> None:
        self.name = name
        self._table = table
        self._show = show
        self._write = write
        try:
            self._templates = {
                column: LineTemplate(pbx, text) for column, text in templates.items()
            }
        except DialplanError as error:
            raise ConfigError(f"{name}: {error}") from error
        columns = ", ".join(f'"{column}"' for column in templates)
        head = f'CREATE TABLE IF NOT EXISTS "{table}"(AcctId INTEGER PRIMARY KEY'
        write(Text(f"{head}, {columns})"))

    def write(self, record: RecordT) -> Future[int]:
        """Take a record; what is returned is done when it is on disk."""
        channel = self._show(record)
        row: dict[str, str | None] = {
            column: template.line(channel).rstrip("\n")
            for column, template in self._templates.items()
        }
        return self._write(Insert(self._table, row))
