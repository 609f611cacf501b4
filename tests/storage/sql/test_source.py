"""A database that is connected to before anybody needs it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.errors import UnreachableError
from switchroom.storage.sql.source import SourceSettings
from tests.support.ports import free_port


def tried(url: str, *, sanity_sql: str = "SELECT 1", then: str) -> str | None:
    """What a statement says as soon as the first connection was tried."""
    databases = Databases()
    settings = SourceSettings("main", url, pre_connect=True, sanity_sql=sanity_sql)
    databases.take([settings])

    async def main() -> str | None:
        source = databases.source("main")
        await source.wait_until_tried()
        return (await source.run(lambda session: session.run_text(then))).rows[0][0]

    try:
        return asyncio.run(main())
    finally:
        databases.close()


def test_a_start_waits_until_it_is_connected(tmp_path: Path) -> None:
    made = "CREATE TABLE found AS SELECT 42"
    url = f"sqlite:///{tmp_path}/main.sqlite3"
    assert tried(url, sanity_sql=made, then="SELECT * FROM found") == "42"


def test_a_start_goes_on_where_nobody_answers() -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    with pytest.raises(UnreachableError, match="main is down: "):
        tried(url, then="SELECT 1")
