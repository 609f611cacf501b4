"""``extconfig.conf``: which families of objects, and which whole files, stand in databases.

``family => driver,database[,table[,priority]]``; a family that ends in ``.conf`` is a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Entry
from switchroom.config.records.cdr_sql import pgsql_url

DRIVERS = ("odbc", "pgsql", "mysql", "mariadb", "sqlite3", "sqlite")
NEVER_STATIC = frozenset({"asterisk.conf", "extconfig.conf", "logger.conf", "res_odbc.conf"})


@dataclass(frozen=True, slots=True)
class TableMapping:
    """One line."""

    family: str
    driver: str  #: as written
    database: str  #: as written
    table: str
    priority: int = 1

    @property
    def source(self) -> str:
        """The name of the database, as it is known to the node."""
        return self.database if self.driver == "odbc" else f"{self.driver}:{self.database}"


@dataclass(frozen=True, slots=True)
class ExtConfig:
    """All of ``extconfig.conf``."""

    families: Mapping[str, tuple[TableMapping, ...]] = field(default_factory=dict)  #: by priority
    files: Mapping[str, TableMapping] = field(default_factory=dict)  #: ``queues.conf`` and so on
    warnings: tuple[ConfigWarning, ...] = ()


def read_extconfig(file: ConfigFile) -> ExtConfig:
    """Read an ``extconfig.conf``; what is not understood is left out, with a warning."""
    warnings = Warnings()
    families: dict[str, list[TableMapping]] = {}
    files: dict[str, TableMapping] = {}
    section = file.section("settings")
    for entry in section.entries if section is not None else ():
        mapping = _mapping(entry, warnings)
        if mapping is None:
            continue
        if mapping.family.endswith(".conf"):
            if mapping.family in NEVER_STATIC:
                message = f"{mapping.family} is needed before there are databases: it stays a file"
                warnings.add(message, entry.path, entry.line)
            else:
                files[mapping.family] = mapping
        else:
            families.setdefault(mapping.family, []).append(mapping)
    ordered = {
        name: tuple(sorted(found, key=lambda each: each.priority))
        for name, found in families.items()
    }
    return ExtConfig(ordered, files, tuple(warnings.entries))


def _mapping(entry: Entry, warnings: Warnings) -> TableMapping | None:
    words = [word.strip().strip('"') for word in entry.value.split(",")]
    driver, database = words[0].lower(), words[1] if len(words) > 1 else ""
    if driver not in DRIVERS or not database:
        known = ", ".join(DRIVERS)
        message = f"{entry.name} is left out: expected driver,database,table with one of {known}"
        warnings.add(message, entry.path, entry.line)
        return None
    table = (words[2] if len(words) > 2 else "") or entry.name
    priority = words[3] if len(words) > 3 else ""
    return TableMapping(
        entry.name, driver, database, table, int(priority) if priority.isdigit() else 1
    )


def read_res_pgsql(file: ConfigFile) -> str:
    """The URL that ``res_pgsql.conf`` describes; ``dbname`` is that of extconfig.conf's lines."""
    section = file.section("general")
    return pgsql_url(section) if section is not None else ""


def read_res_mysql(file: ConfigFile) -> dict[str, str]:
    """The URLs of ``res_config_mysql.conf``, by section."""
    urls: dict[str, str] = {}
    for section in file.sections:
        host = section.get("dbhost") or "localhost"
        port = section.get("dbport") or "3306"
        account = section.get("dbuser")
        if section.get("dbpass"):
            account += f":{section.get('dbpass')}"
        database = section.get("dbname") or section.name
        socket = section.get("dbsock")
        place = (
            f"{host}:{port}/{database}"
            if not socket or section.get("dbhost")
            else (f"/{database}?unix_socket={socket}")
        )
        urls[section.name] = f"mysql://{account}@{place}"
    return urls


def read_res_sqlite(file: ConfigFile) -> dict[str, str]:
    """The URLs of ``res_config_sqlite3.conf``, by section."""
    return {
        section.name: f"sqlite:///{section.get('dbfile')}"
        for section in file.sections
        if section.get("dbfile")
    }
