"""``func_odbc.conf``: functions of the dialplan that are SQL statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile
from switchroom.config.odbc import names_of

MAX_HANDLES = 5  #: databases that a function asks one after the other

_GENERAL = MappingProxyType({"single_db_connection": Option(Kind.FLAG, "no")})
_FUNCTION = MappingProxyType(
    {
        "dsn": Option(Kind.TEXT, honoured=True),
        "readhandle": Option(Kind.TEXT, honoured=True),
        "writehandle": Option(Kind.TEXT, honoured=True),
        "readsql": Option(Kind.TEXT, honoured=True),
        "read": Option(Kind.TEXT, honoured=True),
        "writesql": Option(Kind.TEXT, honoured=True),
        "write": Option(Kind.TEXT, honoured=True),
        "insertsql": Option(Kind.TEXT, honoured=True),
        "prefix": Option(Kind.TEXT, honoured=True),
        "mode": Option(Kind.TEXT, honoured=True),
        "rowlimit": Option(Kind.NUMBER, "0", honoured=True),
        "minargs": Option(Kind.NUMBER, "0", honoured=True),
        "escapecommas": Option(Kind.FLAG, "yes", honoured=True),
        "synopsis": Option(Kind.TEXT, honoured=True),
        "syntax": Option(Kind.TEXT, honoured=True),
    }
)


@dataclass(frozen=True, slots=True)
class SqlFunction:
    """One function."""

    name: str  #: with its prefix: ``ODBC_PRESENCE``
    read_sql: str = ""
    write_sql: str = ""
    insert_sql: str = ""  #: where writing touched no row
    read_from: tuple[str, ...] = ()  #: databases in order of preference
    write_to: tuple[str, ...] = ()
    is_multirow: bool = False
    row_limit: int = 0  #: 0: none
    least_arguments: int = 0
    escapes_commas: bool = True
    synopsis: str = ""
    syntax: str = ""


@dataclass(frozen=True, slots=True)
class SqlFunctions:
    """All of ``func_odbc.conf``."""

    functions: Mapping[str, SqlFunction]
    warnings: tuple[ConfigWarning, ...] = ()


def read_func_odbc(file: ConfigFile) -> SqlFunctions:
    """Read a ``func_odbc.conf``; a function that can neither be read nor written is left out.

    Raises:
        ConfigError: An unknown option, or a value that is none for it.
    """
    warnings = Warnings()
    functions: dict[str, SqlFunction] = {}
    for section in file.sections:
        if section.is_template:
            continue
        if section.name == "general":
            read_options(section, _GENERAL, what="func_odbc.conf", warnings=warnings)
            continue
        options = read_options(section, _FUNCTION, what="func_odbc.conf", warnings=warnings)
        found = _function(section.name, options)
        if (found.read_sql and found.read_from) or (found.write_sql and found.write_to):
            functions[found.name] = found
        else:
            message = f"[{section.name}] has no statement, or no database to run it on"
            warnings.add(message, section.path, section.line)
    return SqlFunctions(functions, tuple(warnings.entries))


def _function(name: str, options: Options) -> SqlFunction:
    prefix = options.text("prefix") or "ODBC"
    write_to = names_of(options.text("writehandle") or options.text("dsn"))
    read_from = names_of(options.text("readhandle") or options.text("dsn")) or write_to
    return SqlFunction(
        f"{prefix}_{name}",
        options.text("readsql") or options.text("read"),
        options.text("writesql") or options.text("write"),
        options.text("insertsql"),
        tuple(read_from[:MAX_HANDLES]),
        tuple(write_to[:MAX_HANDLES]),
        options.text("mode").lower() == "multirow",
        options.number("rowlimit"),
        options.number("minargs"),
        options.flag("escapecommas"),
        options.text("synopsis"),
        options.text("syntax"),
    )
