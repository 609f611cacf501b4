"""What SQL_ESC makes of a text is that text and nothing else to a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from switchroom.functions.encoding import sql_escape as sql_esc
from switchroom.functions.encoding import sql_escape_backslashes as sql_esc_backslashes
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import SourceSettings
from switchroom.storage.sql.statements import Condition, Find, Text, build, storable
from tests.support.fakes import make_channel, make_pbx

NASTY = st.text(st.sampled_from("'\"\\;-%_/*\n\0`$)( aé\u20ac\udcff"), max_size=12) | st.text(
    max_size=30
)


@pytest.fixture
def databases(url: str, tmp_path: Path) -> Iterator[Databases]:
    found = Databases()
    found.take([SourceSettings("main", url, answer_within=20.0)])
    charset = " CHARACTER SET utf8mb4" if url.startswith("mysql") else ""
    for sql in ("DROP TABLE IF EXISTS texts", f"CREATE TABLE texts(id INTEGER, body VARCHAR(200)){charset}",
                "INSERT INTO texts VALUES(1, 'safe')"):  # fmt: skip
        asyncio.run(found.change(["main"], Text(sql)))
    yield found
    found.close()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=NASTY)
@example(text="' OR '1'='1")
@example(text="\\")
@example(text="\\' OR 1=1 -- ")
@example(text="'; DROP TABLE texts; --")
def test_a_text_stays_a_text(databases: Databases, url: str, text: str) -> None:
    channel = make_channel(make_pbx())
    escaped = sql_esc(channel, text)
    if url.startswith("mysql"):
        escaped = sql_esc_backslashes(channel, escaped)
    asked = storable(f"SELECT '{escaped}', count(*) FROM texts WHERE body = '{escaped}' OR id = 1")
    answer = asyncio.run(databases.read(["main"], lambda session: session.run_text(asked)))
    assert answer.rows == ((storable(text), "1"),)


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=NASTY)
@example(text="%")
def test_values_of_conditions_are_bound(databases: Databases, text: str) -> None:
    async def find(operator: str, value: str) -> int:
        condition = Condition("body", value, operator)

        async def work(session) -> int:  # type: ignore[no-untyped-def]  # a Session
            shape = await session.shape("texts")
            return len((await session.run(build(Find("texts", (condition,)), shape))).rows)

        return await databases.read(["main"], work)

    assert asyncio.run(find("=", text)) == int(storable(text).rstrip(" ").lower() == "safe")
