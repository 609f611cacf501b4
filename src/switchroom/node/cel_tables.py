"""The tables of databases that channel events go to, as three files of the original name them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from switchroom.base.errors import ConfigError, DialplanError
from switchroom.config.cel_sql import (
    CelTable,
    CelTables,
    read_cel_odbc,
    read_cel_pgsql,
    read_cel_sqlite,
)
from switchroom.config.reader import ConfigFile
from switchroom.dialplan.record_lines import EventStandIn, LineTemplate
from switchroom.pbx.cel import CelBackend
from switchroom.pbx.pbx import Pbx
from switchroom.storage.cel_record import CelRecord
from switchroom.storage.cel_sql import CelSql, EventRules
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import SourceSettings
from switchroom.storage.sql.statements import Change, Insert, Text

logger = logging.getLogger(__name__)

ReadFile = Callable[[str, Callable[[ConfigFile], CelTables]], CelTables | None]


def read_cel_tables(read_file: ReadFile, logs: Path) -> list[CelTables]:
    """What the files say, as far as there are any.

    Args:
        read_file: Reads a file of the configuration folder.
        logs: The folder of logs, where the SQLite file is.
    """
    found = (
        read_file("cel_odbc.conf", read_cel_odbc),
        read_file("cel_pgsql.conf", read_cel_pgsql),
        read_file("cel_sqlite3_custom.conf", lambda file: read_cel_sqlite(file, logs)),
    )
    return [each for each in found if each is not None]


def open_cel_tables(pbx: Pbx, files: Sequence[CelTables], date_format: str) -> list[CelBackend]:
    """What takes events for these tables.

    Raises:
        ConfigError: A value is written so that it cannot be made.
    """
    databases = pbx.datastore(Databases)
    backends: list[CelBackend] = []
    for file in files:
        for table in file.tables:
            if file.url:
                databases.take([SourceSettings(table.source, file.url)])
            if table.source not in databases.sources:
                message = "%s: channel events go nowhere: no database is called %r in res_odbc.conf"
                logger.warning(message, table.backend, table.source)
                continue
            write = partial(databases.write, table.source)
            if table.templates:
                backends.append(CelTemplates(pbx, table, write, date_format))
            else:
                backends.append(CelSql(table.backend, _rules(table), write))
    return backends


def _rules(table: CelTable) -> EventRules:
    return EventRules(
        table.table,
        table.columns,
        table.constants,
        table.filters,
        table.in_utc,
        table.shows_user_events,
    )


class CelTemplates:
    """``cel_sqlite3_custom.conf``; fulfils :class:`~switchroom.pbx.cel.CelBackend`.

    Args:
        pbx: The core.
        table: Made where there is none.
        write: Takes changes.
        date_format: Of times; empty: seconds since 1970.

    Raises:
        ConfigError: A value is written so that it cannot be made.
    """

    def __init__(
        self, pbx: Pbx, table: CelTable, write: Callable[[Change], Future[int]], date_format: str
    ) -> None:
        self.name = table.backend
        self._table = table.table
        self._write = write
        self._stand_in = EventStandIn(pbx, date_format)
        try:
            self._templates = {
                column: LineTemplate(pbx, text) for column, text in table.templates.items()
            }
        except DialplanError as error:
            raise ConfigError(f"{table.backend}: {error}") from error
        columns = ", ".join(f'"{column}"' for column in table.templates)
        head = f'CREATE TABLE IF NOT EXISTS "{table.table}"(AcctId INTEGER PRIMARY KEY'
        write(Text(f"{head}, {columns})"))

    def write(self, record: CelRecord) -> Future[int]:
        """Take an event; what is returned is done when it is on disk."""
        channel = self._stand_in.show(record)
        row: dict[str, str | None] = {
            column: template.line(channel).rstrip("\n")
            for column, template in self._templates.items()
        }
        return self._write(Insert(self._table, row))
