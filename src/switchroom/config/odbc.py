"""``res_odbc.conf``: databases by name, and how they are used.

A ``dsn`` is looked up where the ODBC driver manager would: in ``odbc.ini`` and ``odbcinst.ini``,
those of the configuration's folder first. What they say of server, database, port and user becomes
an URL; no ODBC driver is needed. ``url`` (or a ``dsn`` that is one) says it at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, urlsplit, urlunsplit

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import (
    ConfigWarning,
    Kind,
    Option,
    Options,
    Warnings,
    read_options,
)
from switchroom.config.language.reader import ConfigFile, Section

DEFAULT_CONNECTIONS = 10  #: the original's 1 makes each call wait for all others
_ISOLATIONS = ("read_committed", "read_uncommitted", "repeatable_read", "serializable")

_CLASS = MappingProxyType(
    {
        "enabled": Option(Kind.FLAG, "yes", honoured=True),
        "dsn": Option(Kind.TEXT, honoured=True),
        "url": Option(Kind.TEXT, honoured=True),  # ours
        "username": Option(Kind.TEXT, honoured=True),
        "password": Option(Kind.TEXT, honoured=True),
        "pre-connect": Option(Kind.FLAG, "no", honoured=True),
        "sanitysql": Option(Kind.TEXT, "select 1", honoured=True),
        "backslash_is_escape": Option(Kind.FLAG, "yes", honoured=True),
        "connect_timeout": Option(Kind.NUMBER, "10", honoured=True),
        "answer_timeout": Option(Kind.DECIMAL, "1", honoured=True),  # ours
        "negative_connection_cache": Option(Kind.NUMBER, "300", honoured=True),
        "forcecommit": Option(Kind.FLAG, "no", honoured=True),
        "isolation": Option(Kind.CHOICE, "read_committed", _ISOLATIONS, honoured=True),
        "max_connections": Option(Kind.NUMBER, str(DEFAULT_CONNECTIONS), honoured=True),
        "slow_query_limit": Option(Kind.NUMBER, "5000", honoured=True),
        # What follows is settled by the pool, which keeps as many connections as may be open.
        "logging": Option(Kind.FLAG, "no"),
        "cache_type": Option(Kind.TEXT, "stack"),
        "cache_size": Option(Kind.TEXT, "-1"),
        "pooling": Option(Kind.TEXT, "no"),
        "shared_connections": Option(Kind.TEXT, "no"),
        "limit": Option(Kind.NUMBER, "1"),
        "idlecheck": Option(Kind.NUMBER, "0"),
    }
)


@dataclass(frozen=True, slots=True)
class OdbcClass:
    """One section of ``res_odbc.conf``."""

    name: str
    dsn: str  #: as written
    url: str
    pre_connect: bool = False
    sanity_sql: str = "select 1"
    backslash_is_escape: bool = True
    connect_timeout: float = 10.0
    answer_timeout: float = 1.0  #: seconds that a call waits for a server that hangs
    negative_connection_cache: float = 300.0
    force_commit: bool = False
    isolation: str = ""  #: empty: not written
    max_connections: int = DEFAULT_CONNECTIONS
    slow_after: float = 5.0  #: seconds


@dataclass(frozen=True, slots=True)
class OdbcConfig:
    """All of ``res_odbc.conf``."""

    classes: Mapping[str, OdbcClass]
    warnings: tuple[ConfigWarning, ...] = ()


def read_odbc(file: ConfigFile) -> OdbcConfig:
    """Read a ``res_odbc.conf``, and of the ODBC files what it refers to.

    Raises:
        ConfigError: An unknown option, or a value that is none for it.
    """
    warnings = Warnings()
    sources = OdbcFiles(file.path.parent)
    classes: dict[str, OdbcClass] = {}
    for section in file.sections:
        if section.is_template or section.name == "ENV":
            continue
        options = read_options(section, _CLASS, what="res_odbc.conf", warnings=warnings)
        if not options.flag("enabled"):
            continue
        try:
            classes[section.name] = _read_class(section, options, sources)
        except ValueError as error:
            message = f"the database [{section.name}] is left out: {error}"
            warnings.add(message, section.path, options.line_of("dsn"))
    return OdbcConfig(MappingProxyType(classes), tuple(warnings.entries))


def _read_class(section: Section, options: Options, sources: OdbcFiles) -> OdbcClass:
    dsn = options.text("dsn")
    url = options.text("url") or (dsn if "://" in dsn else sources.url(dsn or section.name))
    return OdbcClass(
        section.name,
        dsn,
        with_account(url, options.text("username"), options.text("password")),
        options.flag("pre-connect"),
        options.text("sanitysql"),
        options.flag("backslash_is_escape"),
        float(options.number("connect_timeout")),
        max(0.05, options.decimal("answer_timeout")),
        float(options.number("negative_connection_cache")),
        options.flag("forcecommit"),
        options.choice("isolation") if "isolation" in options.written else "",
        max(1, options.number("max_connections")),
        options.number("slow_query_limit") / 1000,
    )


def with_account(url: str, user: str, password: str) -> str:
    """The URL with a user in it, where it names none itself."""
    parts = urlsplit(url)
    if not user or parts.username or parts.scheme.startswith("sqlite"):
        return url
    account = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    netloc = f"{account}@{parts.netloc.rpartition('@')[2]}"
    return (
        urlunsplit((parts.scheme, netloc, *parts[2:]))
        if parts.netloc
        else (f"{parts.scheme}://{netloc}{parts.path}" + (f"?{parts.query}" if parts.query else ""))
    )


class OdbcFiles:
    """``odbc.ini`` and ``odbcinst.ini``.

    Args:
        folder: Of the configuration; its own files go before those of the system.
    """

    def __init__(self, folder: Path) -> None:
        home = Path.home()
        system = Path(os.environ.get("ODBCSYSINI", "/etc"))
        sources = [folder / "odbc.ini", home / ".odbc.ini", system / "odbc.ini"]
        if os.environ.get("ODBCINI"):
            sources.insert(1, Path(os.environ["ODBCINI"]))
        self._sources = [_read_ini(path) for path in sources]
        drivers = (folder / "odbcinst.ini", home / ".odbcinst.ini", system / "odbcinst.ini")
        self._drivers = [_read_ini(path) for path in drivers]

    def url(self, dsn: str) -> str:
        """The URL that a DSN stands for; a connection string will do.

        Raises:
            ValueError: There is no such DSN, or its driver is none that we know.
        """
        if "=" in dsn:
            words = (each.partition("=") for each in dsn.split(";"))
            return self._url({key.strip().lower(): value.strip() for key, _, value in words})
        for file in self._sources:
            if (found := file.get(dsn.lower())) is not None:
                return self._url(found)
        raise ValueError(f"no odbc.ini has a section [{dsn}]; `url =` needs none")

    def _url(self, facts: Mapping[str, str]) -> str:
        driver = facts.get("driver", "")
        described = next((f[driver.lower()] for f in self._drivers if driver.lower() in f), {})
        kind = _kind(" ".join((driver, *described.values())))
        database = facts.get("database") or facts.get("dbname") or facts.get("db") or ""
        if kind == "sqlite":
            return f"sqlite:///{database}"
        host = facts.get("servername") or facts.get("server") or facts.get("host") or ""
        port = facts.get("port", "")
        socket = facts.get("socket", "") or (host if host.startswith("/") else "")
        user = facts.get("username") or facts.get("user") or facts.get("uid") or ""
        password = facts.get("password") or facts.get("pwd") or ""
        place = "" if socket else f"{host or 'localhost'}{':' if port else ''}{port}"
        word = "host" if kind == "postgresql" else "unix_socket"
        query = f"?{word}={quote(socket)}" if socket else ""
        return with_account(f"{kind}://{place}/{quote(database)}{query}", user, password)


def _kind(description: str) -> str:
    words = description.lower()
    known = {
        "postgresql": ("postgres", "psql"),
        "mysql": ("mysql", "maria", "myodbc", "maodbc"),
        "sqlite": ("sqlite",),
    }
    for kind, names in known.items():
        if any(name in words for name in names):
            return kind
    raise ValueError(f"the driver {description.strip()!r} is none of PostgreSQL, MariaDB or SQLite")


def _read_ini(path: Path) -> dict[str, dict[str, str]]:
    """Its sections by name in lower case; nothing where it cannot be read."""
    import configparser  # only nodes that have such a file pay for it

    parser = configparser.RawConfigParser(
        strict=False, allow_no_value=True, comment_prefixes=("#", ";")
    )
    try:
        parser.read_string(path.read_text(encoding="utf-8", errors="surrogateescape"), str(path))
    except OSError:
        return {}
    except configparser.Error as error:
        raise ConfigError(f"cannot read: {error}", path=path) from error
    return {
        name.lower(): {key.lower(): value or "" for key, value in parser.items(name)}
        for name in parser.sections()
    }


def names_of(text: str) -> Sequence[str]:
    """``first,second``: databases in order of preference."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
