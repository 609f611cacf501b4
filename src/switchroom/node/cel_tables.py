"""The tables of databases that channel events go to, as three files of the original name them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from switchroom.config.language.reader import ConfigFile
from switchroom.config.records.cel_sql import (
    CelTable,
    CelTables,
    read_cel_odbc,
    read_cel_pgsql,
    read_cel_sqlite,
)
from switchroom.dialplan.record_lines import EventStandIn
from switchroom.node.record_tables import writable
from switchroom.node.template_table import TemplateTable
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cel import CelBackend
from switchroom.storage.cel_sql import CelSql, EventRules

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
    backends: list[CelBackend] = []
    for table, write in writable(pbx, files, "channel events"):
        if table.templates:
            show = EventStandIn(pbx, date_format).show
            made = TemplateTable(
                pbx, table.backend, table.table, table.templates, show=show, write=write
            )
            backends.append(made)
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
