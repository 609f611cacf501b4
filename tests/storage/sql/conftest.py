"""Databases that tests of SQL run on: SQLite always, servers where they are installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.sql_servers import HAS_MARIADB, HAS_POSTGRES, MariaDb, Postgres, Server, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running(Postgres) as server:
        assert isinstance(server, Postgres)
        yield server


@pytest.fixture(scope="session")
def mariadb() -> Iterator[Server]:
    with running(MariaDb) as server:
        yield server


KINDS = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param(
        "postgres",
        id="postgres",
        marks=[pytest.mark.peer, pytest.mark.skipif(not HAS_POSTGRES, reason="no PostgreSQL here")],
    ),
    pytest.param(
        "mariadb",
        id="mariadb",
        marks=[pytest.mark.peer, pytest.mark.skipif(not HAS_MARIADB, reason="no MariaDB here")],
    ),
]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an SQLite file, or of a server's database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/test.sqlite3"
    server: Server = request.getfixturevalue(request.param)
    return server.url
