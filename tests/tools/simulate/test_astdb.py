"""The AstDB in memory answers as the one on disk does."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.storage.astdb import MAX_KEY_BYTES, MAX_VALUE_BYTES, AstDb, AstDbError
from switchroom.storage.database import Database
from switchroom.tools.simulate.astdb import MemoryAstDb


@pytest.fixture(params=["memory", "file"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "memory":
        yield MemoryAstDb()
        return
    opened = AstDb(tmp_path / "astdb.sqlite3")
    yield opened
    opened.close()


def fill(db: Database) -> None:
    async def main() -> None:
        for key in ("1", "1/2", "10", "x"):
            await db.put("a", key, f"value of {key}")
        await db.put("ab", "1", "other")
        await db.put("a-b", "1", "dashed")

    asyncio.run(main())


def test_reading(db: Database) -> None:
    fill(db)
    assert db.get("a", "1") == "value of 1"
    assert db.get("a", "2") is None
    assert db.keys("a") == ["/a/1", "/a/1/2", "/a/10", "/a/x"]
    assert db.keys("a", "1") == ["/a/1", "/a/1/2"]
    assert db.items("a-b") == [("/a-b/1", "dashed")]
    assert db.find_key("1") == [("/a-b/1", "dashed"), ("/a/1", "value of 1"), ("/ab/1", "other")]
    assert [k for k, _ in db.items()] == ["/a-b/1", "/a/1", "/a/1/2", "/a/10", "/a/x", "/ab/1"]
    assert db.items("a/") == db.items("a")


def test_deleting(db: Database) -> None:
    fill(db)
    assert asyncio.run(db.delete("a", "x"))
    assert not asyncio.run(db.delete("a", "x"))
    assert asyncio.run(db.delete_tree("a", "1")) == 2
    assert asyncio.run(db.delete_tree("", "")) == 0
    assert asyncio.run(db.delete_tree("a")) == 1
    assert [k for k, _ in db.items()] == ["/a-b/1", "/ab/1"]


@pytest.mark.parametrize(
    ("family", "key", "value"),
    [
        ("", "k", "v"), ("f", "", "v"), ("f", "k\0", "v"), ("f", "k" * MAX_KEY_BYTES, "v"),
        ("f", "k", "v" * (MAX_VALUE_BYTES + 1)),
    ],
    ids=["no family", "no key", "zero byte", "long key", "long value"],
)  # fmt: skip
def test_what_cannot_be_stored(db: Database, family: str, key: str, value: str) -> None:
    with pytest.raises(AstDbError):
        asyncio.run(db.put(family, key, value))
    assert db.items() == []


def test_changes_are_told() -> None:
    told: list[tuple[str, str | None]] = []
    db = MemoryAstDb({"/f/old": "1"}, lambda path, value: told.append((path, value)))

    async def main() -> None:
        await db.put("f", "k", "v")
        await db.delete("f", "old")
        await db.delete("f", "never")
        await db.delete_tree("f")

    asyncio.run(main())
    assert told == [("/f/k", "v"), ("/f/old", None), ("/f/k", None)]
