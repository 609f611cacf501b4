"""Where channel events go in databases: what three files of the original say, as one model.

``cel_odbc.conf`` (any number of tables), ``cel_pgsql.conf`` and ``cel_sqlite3_custom.conf``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from switchroom.config.language.reader import ConfigFile
from switchroom.config.language.values import is_true
from switchroom.config.records.cdr_sql import pgsql_url, read_cdr_adaptive, read_cdr_sqlite


@dataclass(frozen=True, slots=True)
class CelTable:
    """One table that gets channel events."""

    backend: str  #: as ``cel show status`` lists it
    source: str  #: a database's name
    table: str
    columns: Mapping[str, str] = field(default_factory=dict)  #: what further columns get
    constants: Mapping[str, str] = field(default_factory=dict)  #: of columns
    filters: tuple[tuple[str, str, bool], ...] = ()  #: variable, value, and whether it is meant
    in_utc: bool = False
    shows_user_events: bool = False  #: by their own names
    templates: Mapping[str, str] = field(default_factory=dict)  #: texts with ``${}``, by column


@dataclass(frozen=True, slots=True)
class CelTables:
    """The tables of one file."""

    tables: tuple[CelTable, ...] = ()
    url: str = ""  #: of a database that the file itself describes


def read_cel_odbc(file: ConfigFile) -> CelTables:
    """Read a ``cel_odbc.conf``: each section but ``[general]`` is a table."""
    general = file.section("general")
    shows_own = general is not None and is_true(general.get("show_user_defined"))
    file.sections[:] = [each for each in file.sections if each is not general]
    # Its sections say what those of cdr_adaptive_odbc.conf do.
    return CelTables(
        tuple(
            CelTable(
                "CEL ODBC Logging",
                each.source,
                "cel" if each.table == "cdr" else each.table,
                each.columns,
                each.constants,
                each.filters,
                each.in_utc,
                shows_own,
            )
            for each in read_cdr_adaptive(file).tables
        )
    )


def read_cel_pgsql(file: ConfigFile) -> CelTables:
    """Read a ``cel_pgsql.conf``."""
    section = file.section("global")
    if section is None:
        return CelTables()
    schema, name = section.get("schema"), section.get("table") or "cel"
    table = CelTable(
        "CEL PGSQL backend",
        "cel_pgsql",
        f"{schema}.{name}" if schema else name,
        in_utc=is_true(section.get("usegmtime")),
        shows_user_events=is_true(section.get("show_user_defined")),
    )
    return CelTables((table,), pgsql_url(section))


def read_cel_sqlite(file: ConfigFile, folder: Path) -> CelTables:
    """Read a ``cel_sqlite3_custom.conf``.

    Args:
        file: As read.
        folder: Of the logs: the database is ``master.db`` there.

    Raises:
        ConfigError: There are not as many values as columns.
    """
    found = read_cdr_sqlite(file, folder)  # the same words
    section = file.section("master")
    name = section.get("table") if section is not None else ""
    return CelTables(
        tuple(
            CelTable(
                "cel_sqlite3_custom", "cel_sqlite3_custom", name or "cel", templates=each.templates
            )
            for each in found.tables
        ),
        found.url,
    )
