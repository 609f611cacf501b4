"""Changes get to a database, in order and once, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from switchroom.storage.sql.answer import Answer
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.errors import RefusedError, SqlError, UnreachableError
from switchroom.storage.sql.source import Session, SourceSettings
from switchroom.storage.sql.statements import (
    Condition,
    Delete,
    Find,
    Insert,
    Text,
    Update,
    build,
)
from switchroom.storage.sql.writer import LEDGER
from tests.support.sql_servers import HAS_POSTGRES, Postgres

TABLE = (
    "CREATE TABLE calls(id INTEGER PRIMARY KEY, who VARCHAR(10), at TIMESTAMP NULL,"
    " cost NUMERIC(10,2), seconds INTEGER)"
)


def settings(url: str, name: str = "main") -> SourceSettings:
    return SourceSettings(name, url, connect_timeout=5.0, answer_within=10.0, look_every=0.2)


@pytest.fixture
def databases(url: str, tmp_path: Path) -> Iterator[Databases]:
    found = Databases()
    found.take([settings(url)])
    found.journal_path = tmp_path / "journal.sqlite3"
    for statement in ("DROP TABLE IF EXISTS calls", TABLE, f"DROP TABLE IF EXISTS {LEDGER}"):
        text(found, statement)
    yield found
    found.close()


def text(databases: Databases, sql: str) -> Answer:
    return asyncio.run(databases.source("main").run(lambda session: session.run_text(sql)))


def find(
    databases: Databases, *conditions: Condition, order_by: str = "id"
) -> list[dict[str, str]]:
    async def work(session: Session) -> Answer:
        shape = await session.shape("calls")
        return await session.run(build(Find("calls", conditions, order_by), shape))

    return asyncio.run(databases.read(["main"], work)).mappings()


def wait_for(holds: Callable[[], bool], within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.01)  # another thread works in real time


def test_rows_are_written_found_changed_and_deleted(databases: Databases) -> None:
    def change(what: Insert | Update | Delete) -> int | None:
        return asyncio.run(databases.change(["main"], what))

    row = {"id": "1", "who": "o'Brien; DROP", "at": "2026-11-25 21:00:01", "cost": "1.5", "no": "x"}
    assert change(Insert("calls", {**row, "seconds": ""})) == 1
    assert change(Insert("calls", {"id": "2", "who": 'a\\b"', "seconds": "7"})) == 1
    found = find(databases)
    assert [each["who"] for each in found] == ["o'Brien; D", 'a\\b"'], "cut to ten letters"
    assert found[0]["at"].startswith("2026-11-25 21:00:01")
    assert float(found[0]["cost"]) == 1.5
    assert "seconds" not in found[0], "nothing is no number"
    assert [each["id"] for each in find(databases, Condition("seconds", "5", ">"))] == ["2"]
    assert [each["id"] for each in find(databases, Condition("who", "o'%", "LIKE"))] == ["1"]
    assert [each["id"] for each in find(databases, Condition("WHO", "o'%", "NOT LIKE"))] == ["2"]
    assert change(Update("calls", (Condition("id", "2"),), {"who": "bob"})) == 1
    assert change(Delete("calls", (Condition("who", "bob"),))) == 1
    assert len(find(databases)) == 1
    with pytest.raises(RefusedError):
        find(databases, Condition("nothing", "1"))


def test_what_is_written_arrives_in_order_and_once(
    databases: Databases, url: str, tmp_path: Path
) -> None:
    for number in range(500):
        databases.write("main", Insert("calls", {"id": str(number), "who": f"w{number}"}))
    databases.write("main", Update("calls", (Condition("id", "3"),), {"who": "three"}))
    databases.write(
        "main",
        Text(
            "UPDATE calls SET seconds = 4 WHERE id = 999",
            "UPDATE calls SET seconds = 5 WHERE id = 4",
        ),
    )
    wait_for(lambda: not databases.waiting("main"))
    found = find(databases)
    assert [each["id"] for each in found] == [str(number) for number in range(500)]
    assert (found[3]["who"], found[4]["seconds"]) == ("three", "5")
    databases.close()
    again = Databases()
    again.take([settings(url)])
    again.journal_path = tmp_path / "journal.sqlite3"
    again.write("main", Insert("calls", {"id": "500"}))
    wait_for(lambda: not again.waiting("main"))
    assert len(find(again)) == 501
    again.close()


def test_what_a_database_never_takes_is_put_aside(
    databases: Databases, caplog: pytest.LogCaptureFixture
) -> None:
    for number in ("1", "2", "1", "3"):
        databases.write("main", Insert("calls", {"id": number}))
    wait_for(lambda: not databases.waiting("main"))
    assert [each["id"] for each in find(databases)] == ["1", "2", "3"]
    assert caplog.text.count("put aside") == 1


def test_a_missing_table_holds_changes_up(
    databases: Databases, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("switchroom.storage.sql.writer.AGAIN_AFTER", 0.1)
    text(databases, "ALTER TABLE calls RENAME TO hidden")
    databases.write("main", Insert("calls", {"id": "1"}))
    wait_for(lambda: "wait for it in the journal" in caplog.text)
    assert databases.waiting("main") == 1
    text(databases, "ALTER TABLE hidden RENAME TO calls")
    wait_for(lambda: not databases.waiting("main"))
    assert [each["id"] for each in find(databases)] == ["1"]


def test_an_unknown_database_is_an_error(databases: Databases) -> None:
    with pytest.raises(SqlError, match="no database is called 'other'"):
        databases.source("other")
    with pytest.raises(SqlError, match="no database is called a or b"):
        asyncio.run(databases.change(["a", "b"], Text("SELECT 1")))


def test_a_commit_whose_answer_was_lost_is_not_repeated(databases: Databases) -> None:
    """The ledger stands further than we know: what is behind it is there already."""
    databases.write("main", Insert("calls", {"id": "1"}))
    wait_for(lambda: not databases.waiting("main"))
    assert databases._writer is not None
    delivery = databases._writer._deliveries["main"]
    position = int(text(databases, f"SELECT position FROM {LEDGER}").rows[0][0] or 0)
    text(databases, f"UPDATE {LEDGER} SET position = {position + 1}")
    databases.write("main", Insert("calls", {"id": "1"}))  # would be refused, and put aside
    databases.write("main", Insert("calls", {"id": "3"}))
    wait_for(lambda: not databases.waiting("main"))
    assert [each["id"] for each in find(databases)] == ["1", "3"]
    assert databases._writer.journal.refused() == 0
    assert delivery._position == position + 2


@pytest.mark.peer
@pytest.mark.skipif(not HAS_POSTGRES, reason="no PostgreSQL here")
# Drivers leave a socket to a server that does not even say goodbye to the collector.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning"
)
@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_an_outage_loses_nothing_and_holds_nobody(
    postgres: Postgres, tmp_path: Path, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    databases = Databases()
    bound = 1.0
    databases.take(
        [
            SourceSettings(
                "main", postgres.url, connect_timeout=2.0, answer_within=bound, look_every=0.2
            )
        ]
    )
    databases.journal_path = tmp_path / "journal.sqlite3"
    for statement in ("DROP TABLE IF EXISTS calls", TABLE):
        asyncio.run(databases.source("main").run(lambda s, sql=statement: s.run_text(sql)))  # type: ignore[misc]
    numbers = iter(range(10_000))

    def write(count: int) -> None:
        for _, number in zip(range(count), numbers, strict=False):
            databases.write("main", Insert("calls", {"id": str(number)})).result(20)

    write(50)
    (postgres.stop if how == "stopped" else postgres.freeze)()
    took: list[float] = []
    for _ in range(5):
        write(20)
        began_at = time.monotonic()
        with pytest.raises(UnreachableError):
            asyncio.run(databases.read(["main"], lambda session: session.run_text("SELECT 1")))
        took.append(time.monotonic() - began_at)
    assert max(took) < bound + 1.0, "nobody waits longer than the bound, a loaded machine apart"
    assert sum(took[1:]) < bound, "and only the first waits at all"
    (postgres.start if how == "stopped" else postgres.thaw)()
    write(50)
    wait_for(lambda: not databases.waiting("main"))
    assert [each["id"] for each in find(databases)] == [str(n) for n in range(next(numbers))]
    assert caplog.text.count("is gone") == caplog.text.count("is back") == 1
    databases.close()
    gc.collect()


def test_a_table_may_change_its_columns(databases: Databases) -> None:
    async def everything() -> list[dict[str, str]]:
        read = databases.read(["main"], lambda session: session.run_text("SELECT * FROM calls"))
        return (await read).mappings()

    def insert(**values: str) -> None:
        asyncio.run(databases.change(["main"], Insert("calls", values)))

    insert(id="1")
    assert asyncio.run(everything()) == [{"id": "1"}]
    text(databases, "ALTER TABLE calls ADD COLUMN extra INTEGER")
    text(databases, "UPDATE calls SET extra = 3")
    assert asyncio.run(everything()) == [{"id": "1", "extra": "3"}]
    databases.source("main").shapes._asked_at = float("-inf")  # a minute later
    insert(id="2", extra="4")
    assert asyncio.run(everything())[-1] == {"id": "2", "extra": "4"}
