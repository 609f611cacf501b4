import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.storage.astdb import MAX_KEY_BYTES, AstDb, AstDbError

WRITER = Path(__file__).with_name("writer_process.py")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[AstDb]:
    opened = AstDb(tmp_path / "db" / "astdb.sqlite3")
    yield opened
    opened.close()


def test_a_value_is_read_back_and_survives_a_reopening(db: AstDb) -> None:
    async def main() -> None:
        await db.put("pin", "100", "1234")
        assert db.get("pin", "100") == "1234"
        await db.put("pin", "100", "5678")

    asyncio.run(main())
    assert db.get("pin", "100") == "5678"
    assert db.get("pin", "999") is None
    db.close()
    again = AstDb(db.path)
    assert again.get("pin", "100") == "5678"
    again.close()


def test_a_write_is_visible_before_it_is_acknowledged(db: AstDb) -> None:
    async def main() -> None:
        write = asyncio.ensure_future(db.put("a", "b", "1"))  # noqa: TID251  # looked at midway
        await asyncio.sleep(0)
        assert (db.get("a", "b"), db.items("a")) == ("1", [("/a/b", "1")])
        assert not write.done()
        await write
        removal = asyncio.ensure_future(db.delete("a", "b"))  # noqa: TID251  # looked at midway
        await asyncio.sleep(0)
        assert (db.get("a", "b"), db.items(), db.find_key("b")) == (None, [], [])
        assert await removal

    asyncio.run(main())


def test_concurrent_writes_share_commits_and_the_last_one_wins(db: AstDb) -> None:
    async def main() -> None:
        await asyncio.gather(*(db.put("n", "same", str(i)) for i in range(500)))
        assert db.get("n", "same") == "499"
        await asyncio.gather(*(db.put("n", f"k{i}", str(i)) for i in range(500)))

    began = time.process_time()
    asyncio.run(main())
    assert len(db.items("n")) == 501
    assert time.process_time() - began < 5.0


def test_a_cancelled_writer_still_writes(db: AstDb) -> None:
    async def main() -> None:
        write = asyncio.ensure_future(db.put("a", "b", "1"))  # noqa: TID251  # to be cancelled
        await asyncio.sleep(0)
        write.cancel()
        await db.put("a", "c", "2")

    asyncio.run(main())
    assert db.items() == [("/a/b", "1"), ("/a/c", "2")]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("", ["/a-b/1", "/a/1", "/a/1/2", "/a/10", "/a/x", "/ab/1"]),
        ("a", ["/a/1", "/a/1/2", "/a/10", "/a/x"]),
        ("a/1", ["/a/1", "/a/1/2"]),
        ("/a/1/", ["/a/1", "/a/1/2"]),
        ("A", []),
        ("%", []),
    ],
)
def test_items_of_a_tree(db: AstDb, prefix: str, expected: list[str]) -> None:
    async def main() -> None:
        for family, key in (("a", "x"), ("a", "10"), ("a", "1"), ("a", "1/2")):
            await db.put(family, key, "v")
        await db.put("ab", "1", "v")
        await db.put("a-b", "1", "v")

    asyncio.run(main())
    assert [key for key, _ in db.items(prefix)] == expected


def test_keys_and_find_key(db: AstDb) -> None:
    async def main() -> None:
        await db.put("b", "100", "2")
        await db.put("a", "100", "1")
        await db.put("a", "1100", "no")
        await db.put("a", "x/100", "3")

    asyncio.run(main())
    assert db.keys("a") == ["/a/100", "/a/1100", "/a/x/100"]
    assert db.keys("a", "x") == ["/a/x/100"]
    assert db.find_key("100") == [("/a/100", "1"), ("/a/x/100", "3"), ("/b/100", "2")]


def test_delete_and_delete_tree_tell_what_was_there(db: AstDb) -> None:
    async def main() -> None:
        for key in ("1", "2", "2/3"):
            await db.put("f", key, "v")
        assert await db.delete("f", "1")
        assert not await db.delete("f", "1")
        assert await db.delete_tree("") == 0
        assert await db.delete_tree("nobody") == 0
        assert await db.delete_tree("f", "2") == 2
        await db.put("f", "4", "v")
        assert await db.delete_tree("f") == 1

    asyncio.run(main())
    assert db.items() == []


def test_an_existing_file_of_the_original_opens(tmp_path: Path) -> None:
    path = tmp_path / "astdb.sqlite3"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
    other.execute("INSERT INTO astdb VALUES ('/registrar/contact/x', '{}')")
    other.commit()
    db = AstDb(path)
    assert db.items() == [("/registrar/contact/x", "{}")]
    asyncio.run(db.put("a", "b", "c"))
    assert other.execute("SELECT value FROM astdb WHERE key = '/a/b'").fetchall() == [("c",)]
    other.close()
    db.close()


def test_bytes_that_are_no_text_come_back(db: AstDb) -> None:
    raw = b"caf\xe9".decode("utf-8", "surrogateescape")
    asyncio.run(db.put(raw, "ü", raw))
    assert db.get(raw, "ü") == raw
    assert db.items(raw) == [(f"/{raw}/ü", raw)]
    assert db.find_key("ü") == [(f"/{raw}/ü", raw)]


@pytest.mark.parametrize(
    ("family", "key", "value"),
    [
        ("f", "k" * MAX_KEY_BYTES, ""),
        ("f", "\0", ""),
        ("", "k", ""),
        ("f", "", ""),
        ("f", "k", "x" * ((1 << 20) + 1)),
    ],
)
def test_what_cannot_be_stored_is_refused(db: AstDb, family: str, key: str, value: str) -> None:
    with pytest.raises(AstDbError):
        asyncio.run(db.put(family, key, value))
    assert db.items() == []


def test_a_refused_write_is_not_seen_afterwards(db: AstDb, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        await db.put("a", "b", "old")
        monkeypatch.setattr("switchroom.storage.astdb._PUT", "INSERT INTO nowhere VALUES (?, ?)")
        with pytest.raises(AstDbError, match="cannot be written"):
            await db.put("a", "b", "new")
        assert db.get("a", "b") == "old"
        monkeypatch.undo()
        await db.put("a", "b", "newer")
        assert db.get("a", "b") == "newer"

    asyncio.run(main())


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "astdb.sqlite3"
    path.write_text("this is no database, but it is long enough to look like one" * 20)
    with pytest.raises(AstDbError, match=r"cannot open the AstDB .*astdb\.sqlite3"):
        AstDb(path)


def test_query_reads_and_only_reads(db: AstDb) -> None:
    async def main() -> None:
        await db.put("a", "b", "1")
        assert await db.query("select count(*) from astdb") == [[("count(*)", "1")]]
        rows = await db.query("select key, value, null as none from astdb")
        assert rows == [[("key", "/a/b"), ("value", "1"), ("none", "")]]
        for refused in (
            "delete from astdb",
            "attach '/tmp/x' as x",
            "pragma user_version",
            "select 1; select 2",
            "nonsense",
        ):
            with pytest.raises(AstDbError):
                await db.query(refused)

    asyncio.run(main())
    assert db.get("a", "b") == "1"


def test_an_endless_query_is_stopped(db: AstDb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchroom.storage.astdb.QUERY_STEPS", 1_000_000)
    endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"
    with pytest.raises(AstDbError, match="interrupted"):
        asyncio.run(db.query(endless))


def test_a_closed_database_says_so(db: AstDb) -> None:
    db.close()
    db.close()
    with pytest.raises(AstDbError, match="closed"):
        db.get("a", "b")
    with pytest.raises(AstDbError, match="closed"):
        asyncio.run(db.put("a", "b", "c"))


def test_a_look_up_takes_microseconds(db: AstDb) -> None:
    async def main() -> None:
        await asyncio.gather(*(db.put("f", str(i), "v") for i in range(2000)))

    asyncio.run(main())
    began = time.process_time()
    for i in range(2000):
        db.get("f", str(i))
    assert (time.process_time() - began) / 2000 < 200e-6


@pytest.mark.parametrize("round_", range(4))
def test_kill_9_loses_no_acknowledged_write(tmp_path: Path, round_: int) -> None:
    path = tmp_path / "astdb.sqlite3"
    writer = subprocess.Popen(
        [sys.executable, str(WRITER), str(path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    acknowledged = [writer.stdout.readline() for _ in range(50 + 97 * round_)]
    writer.kill()
    acknowledged += writer.stdout.readlines()  # what it still said before it died
    writer.wait()
    writer.stdout.close()
    whole = [line.split() for line in acknowledged if line.endswith("\n")]
    assert len(whole) >= 50
    db = AstDb(path)
    missing = [key for key, value in whole if db.get("kill", key) != value]
    db.close()
    assert missing == []
