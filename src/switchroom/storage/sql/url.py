"""URLs of databases, as SQLAlchemy's asynchronous drivers want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import URL

BUSY_TIMEOUT = 5.0  #: seconds to wait for another process that holds an SQLite file

_DRIVERS = {
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "mysql": "mysql+aiomysql",
    "mariadb": "mariadb+aiomysql",
    "sqlite": "sqlite+aiosqlite",
    "sqlite3": "sqlite+aiosqlite",
}
#: ``isolation`` of res_odbc.conf, as SQLAlchemy calls them.
ISOLATIONS = {
    "read_uncommitted": "READ UNCOMMITTED",
    "read_committed": "READ COMMITTED",
    "repeatable_read": "REPEATABLE READ",
    "serializable": "SERIALIZABLE",
}


def driver_url(text: str) -> URL:
    """Read a URL; where it names no driver, the one that does not block is taken.

    Raises:
        ValueError: It is no URL of a database.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(text)
    except ArgumentError as error:
        raise ValueError(f"no URL of a database: {text!r}") from error
    return url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))


def engine_arguments(url: URL, connect_timeout: float, isolation: str) -> dict[str, Any]:
    """What an engine for a database is made with, besides its pool."""
    arguments: dict[str, Any] = {}
    level = ISOLATIONS.get(isolation, "")
    match url.get_backend_name():
        case "postgresql":
            arguments["connect_args"] = {
                "timeout": connect_timeout,
                "server_settings": {"application_name": "switchroom"},
            }
        case "mysql" | "mariadb":
            arguments["connect_args"] = {"connect_timeout": max(1, int(connect_timeout))}
        case "sqlite":
            arguments["connect_args"] = {"timeout": BUSY_TIMEOUT}
            level = level if level in {"READ UNCOMMITTED", "SERIALIZABLE"} else ""
        case _:
            pass
    if level:
        arguments["isolation_level"] = level
    return arguments
