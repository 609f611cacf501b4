"""Where call records go in databases: what four files of the original say, as one model.

``cdr_adaptive_odbc.conf`` (any number of tables), ``cdr_odbc.conf``, ``cdr_pgsql.conf`` and
``cdr_sqlite3_custom.conf``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning
from switchroom.config.language.reader import ConfigFile, Section
from switchroom.config.language.values import is_true

_ODBC = (
    *("calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp"),
    *("lastdata", "duration", "billsec", "disposition", "amaflags", "accountcode"),
)
_WORD = re.compile(r"(?:'[^']*'|\([^)]*\)|[^,'(])+")


@dataclass(frozen=True, slots=True)
class CdrTable:
    """One table that gets call records."""

    backend: str  #: as ``cdr show status`` lists it
    source: str  #: a database's name
    table: str
    columns: Mapping[str, str] = field(default_factory=dict)  #: what each column gets
    only_columns: bool = False  #: no others, though the table has some that are called so
    constants: Mapping[str, str] = field(default_factory=dict)  #: of columns
    filters: tuple[tuple[str, str, bool], ...] = ()  #: variable, value, and whether it is meant
    in_utc: bool = False
    numbers: frozenset[str] = frozenset()  #: columns that get numbers, whatever they hold
    templates: Mapping[str, str] = field(default_factory=dict)  #: texts with ``${}``, by column


@dataclass(frozen=True, slots=True)
class CdrTables:
    """The tables of one file."""

    tables: tuple[CdrTable, ...] = ()
    url: str = ""  #: of a database that the file itself describes
    warnings: tuple[ConfigWarning, ...] = ()


ReadFile = Callable[[str, Callable[[ConfigFile], CdrTables]], CdrTables | None]


def read_cdr_tables(read_file: ReadFile, logs: Path) -> list[CdrTables]:
    """What the files say, as far as there are any.

    Args:
        read_file: Reads a file of the configuration folder.
        logs: The folder of logs, where the SQLite file is.
    """
    found = (
        read_file("cdr_adaptive_odbc.conf", read_cdr_adaptive),
        read_file("cdr_odbc.conf", read_cdr_odbc),
        read_file("cdr_pgsql.conf", read_cdr_pgsql),
        read_file("cdr_sqlite3_custom.conf", lambda file: read_cdr_sqlite(file, logs)),
    )
    return [each for each in found if each is not None]


def read_cdr_adaptive(file: ConfigFile) -> CdrTables:
    """Read a ``cdr_adaptive_odbc.conf``: each section is a table."""
    found = (_adaptive(each) for each in file.sections if not each.is_template)
    return CdrTables(tuple(table for table in found if table is not None))


def _adaptive(section: Section) -> CdrTable | None:
    source = section.get("connection")
    if not source:
        return None
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    filters: list[tuple[str, str, bool]] = []
    for entry in section.entries:
        word, _, rest = entry.name.strip().partition(" ")
        match word.lower():
            case "alias":
                columns[entry.value] = rest.strip().lower()
            case "static":
                constants[entry.value] = rest.strip().strip("\"'")
            case "filter":
                is_meant = not rest.endswith("!")
                name = rest.removesuffix("!").strip().lower()
                filters.append((name, entry.value, is_meant))
            case _:
                pass
    schema = section.get("schema")
    table = section.get("table") or "cdr"
    return CdrTable(
        "Adaptive ODBC",
        source,
        f"{schema}.{table}" if schema else table,
        columns,
        constants=constants,
        filters=tuple(filters),
        in_utc=is_true(section.get("usegmtime")),
    )


def read_cdr_odbc(file: ConfigFile) -> CdrTables:
    """Read a ``cdr_odbc.conf``."""
    section = file.section("global")
    if section is None or not section.get("dsn"):
        return CdrTables()
    columns = list(_ODBC)
    if is_true(section.get("loguniqueid")):
        columns += ["uniqueid", "userfield"]
    if is_true(section.get("newcdrcolumns")):
        columns += ["peeraccount", "linkedid", "sequence"]
    is_exact = is_true(section.get("hrtime"))
    numbers = {"amaflags", *(("duration", "billsec") if is_exact else ())}
    if not is_true(section.get("dispositionstring")):
        numbers.add("disposition")
    return CdrTables(
        (
            CdrTable(
                "ODBC",
                section.get("dsn"),
                section.get("table") or "cdr",
                {name: "start" if name == "calldate" else name for name in columns},
                only_columns=True,
                in_utc=is_true(section.get("usegmtime")),
                numbers=frozenset(numbers),
            ),
        )
    )


def read_cdr_pgsql(file: ConfigFile) -> CdrTables:
    """Read a ``cdr_pgsql.conf``."""
    section = file.section("global")
    if section is None:
        return CdrTables()
    table = CdrTable(
        "PGSQL",
        "cdr_pgsql",
        section.get("table") or "cdr",
        {"calldate": "start"},
        in_utc=section.get("timezone").upper() in {"UTC", "GMT"},
    )
    return CdrTables((table,), pgsql_url(section))


def pgsql_url(section: Section) -> str:
    """The database that a section of a ``…pgsql.conf`` describes."""
    host = section.get("hostname") or section.get("dbhost") or "localhost"
    port = section.get("port") or section.get("dbport") or "5432"
    user = section.get("user") or section.get("dbuser") or "asterisk"
    password = section.get("password") or section.get("dbpass")
    account = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    database = quote(section.get("dbname") or "asterisk")
    socket = section.get("dbsock") or section.get("socket")
    if socket and not (section.get("hostname") or section.get("dbhost")):
        return f"postgresql://{account}@/{database}?host={quote(socket)}"
    return f"postgresql://{account}@{host}:{port}/{database}"


def read_cdr_sqlite(file: ConfigFile, folder: Path) -> CdrTables:
    """Read a ``cdr_sqlite3_custom.conf``.

    Args:
        file: As read.
        folder: Of the logs: the database is ``master.db`` there.

    Raises:
        ConfigError: There are not as many values as columns.
    """
    section = file.section("master")
    columns = _words(section.get("columns")) if section is not None else []
    if section is None or not columns:
        return CdrTables()
    values = [word.strip("'") for word in _words(section.get("values"))]
    if len(columns) != len(values):
        message = f"there are {len(columns)} columns and {len(values)} values"
        raise ConfigError(message, path=section.path, line=section.line)
    table = CdrTable(
        "cdr_sqlite3_custom",
        "cdr_sqlite3_custom",
        section.get("table") or "cdr",
        templates=dict(zip(columns, values, strict=True)),
    )
    return CdrTables((table,), f"sqlite:///{folder / 'master.db'}")


def _words(text: str) -> list[str]:
    """Its words between commas, but for those within quotes and brackets."""
    return [word.strip() for word in _WORD.findall(text) if word.strip()]
