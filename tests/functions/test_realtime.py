"""REALTIME and its like, and their commands, on a real table."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from switchroom.cli.commands import realtime as commands
from switchroom.cli.context import CliContext
from switchroom.config.asterisk_conf import AsteriskConfig, Directories
from switchroom.node.parts.databases import SqlDatabases
from switchroom.node.parts.realtime import RealtimeFamilies
from switchroom.pbx.channel import Channel
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.statements import Condition
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx

EXTCONFIG = """\
[settings]
people => odbc,main,members
people => odbc,main,spare,2
other => sqlite3,small,others
nowhere => odbc,absent
tree => ldap,dc=example
queues.conf => odbc,main,ast_config
"""


def run(folder: Path, work: Callable[[Channel], Awaitable[None]], *, again: bool = False) -> None:
    main = folder / "main.sqlite3"
    if not again:
        with sqlite3.connect(main) as connection:
            connection.executescript(
                "CREATE TABLE members(id TEXT, name TEXT, age INTEGER, note TEXT);"
                "INSERT INTO members VALUES('1', 'Ann, A', 30, NULL), ('2', 'Bob', 4, '');"
                "CREATE TABLE spare(id TEXT, name TEXT); INSERT INTO spare VALUES('9', 'Spare');"
            )
        connection.close()
        with sqlite3.connect(folder / "small.db") as connection:
            connection.executescript("CREATE TABLE others(id TEXT); INSERT INTO others VALUES('x')")
        connection.close()
    (folder / "res_odbc.conf").write_text(
        f"[main]\nurl=sqlite:///{main}\nnegative_connection_cache=0\nanswer_timeout=20\n"
    )
    (folder / "res_config_sqlite3.conf").write_text(f"[small]\ndbfile => {folder}/small.db\n")
    (folder / "extconfig.conf").write_text(EXTCONFIG)
    directories = Directories(astetcdir=folder, astspooldir=folder / "spool", astlogdir=folder)
    asterisk = AsteriskConfig(directories=directories)

    async def play() -> None:
        from contextlib import AsyncExitStack

        async with AsyncExitStack() as stack:
            pbx = make_pbx(make_interpreter("[in]\n"), directories=directories)
            parts = (SqlDatabases(asterisk), RealtimeFamilies(asterisk))
            for part in parts:
                part.read()
                part.open(pbx, stack)
                part.apply(pbx)
            await stack.enter_async_context(pbx)
            await work(make_channel(pbx))
            for each in list(pbx.channels.values()):
                each.finish()

    asyncio.run(play())


async def read(channel: Channel, text: str) -> str:
    return await channel.pbx.dialplan.substitute(channel, text)


async def write(channel: Channel, name: str, arguments: str, value: str) -> None:
    waiting = channel.pbx.dialplan.write_function(channel, name, arguments, value)
    if waiting is not None:
        await waiting


def test_rows_are_read_changed_made_and_removed(tmp_path: Path) -> None:
    async def work(channel: Channel) -> None:
        assert await read(channel, "${REALTIME(people,id,1)}") == "id=1,name=Ann, A,age=30"
        assert await read(channel, "${REALTIME(people,id,2,|,:)}") == "id:2|name:Bob|age:4|note:"
        assert await read(channel, "${REALTIME(people,name LIKE,Sp%)}") == "id=9,name=Spare"
        assert await read(channel, "${REALTIME(people,age <,18)}") == "id=2,name=Bob,age=4,note="
        assert await read(channel, "${REALTIME(other,id,x)}") == "id=x"
        assert await read(channel, "<${REALTIME(people,id,7)}${REALTIME(none,id,1)}>") == "<>"
        assert await read(channel, "${REALTIME_FIELD(people,id,1,name)}") == "Ann, A"
        row = await read(channel, "${REALTIME_HASH(people,id,1)}")
        await channel.pbx.dialplan.execute(channel, "Set", f"HASH(row)={row}")
        assert await read(channel, "${HASH(row,name)}/${HASH(row,age)}") == "Ann, A/30"
        await write(channel, "REALTIME", "people,id,1,age", "31")
        await write(channel, "REALTIME_FIELD", "people,id,1,name", "O'Hara")
        assert await read(channel, "${REALTIME(people,id,1)}") == "id=1,name=O'Hara,age=31"
        await write(channel, "REALTIME_STORE", "people,id,name,no_such_column", "3,Cid,x")
        assert await read(channel, "${RTSTOREID} ${REALTIME(people,id,3)}") == "1 id=3,name=Cid"
        assert await read(channel, "${REALTIME_DESTROY(people,id,3)}") == "id=3,name=Cid"
        await write(channel, "REALTIME_DESTROY", "people,id,2", "")
        assert await read(channel, "<${REALTIME(people,id,2)}${REALTIME(people,id,3)}>") == "<>"

    run(tmp_path, work)


def test_without_the_database_the_copy_counts_even_after_a_restart(tmp_path: Path) -> None:
    main, hidden = tmp_path / "main.sqlite3", tmp_path / "hidden"

    async def hide(channel: Channel) -> None:
        databases = channel.pbx.datastore(Databases)
        main.rename(hidden)
        main.mkdir()
        source = databases.sources["main"]
        await asyncio.wrap_future(source._thread.submit(source._let_go()))

    async def first(channel: Channel) -> None:
        await channel.pbx.datastore(Realtime).refresh("people")
        await hide(channel)
        assert await read(channel, "${REALTIME_FIELD(people,id,1,name)}") == "Ann, A"
        await write(channel, "REALTIME", "people,id,1,name", "Amy")
        await write(channel, "REALTIME_STORE", "people,id,name", "5,Eve")
        assert await read(channel, "${REALTIME_FIELD(people,id,1,name)}") == "Amy", "what we wrote"
        assert channel.pbx.datastore(Databases).waiting("main") == 2
        kept = [*(tmp_path / "spool").glob("sql-*")]
        assert kept
        assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}, (
            "others read nothing of it"
        )

    async def second(channel: Channel) -> None:
        realtime = channel.pbx.datastore(Realtime)
        assert [row["name"] for row in realtime.known("people", Condition("id", "5"))] == ["Eve"]
        assert await read(channel, "${REALTIME_FIELD(people,id,1,name)}") == "Amy"
        main.rmdir()
        hidden.rename(main)
        databases = channel.pbx.datastore(Databases)
        databases.deliver_what_is_left()
        while databases.waiting("main"):
            await asyncio.sleep(0.01)  # the thread of databases works in real time
        assert await read(channel, "${REALTIME_FIELD(people,id,5,name)}") == "Eve"

    run(tmp_path, first)
    run(tmp_path, second, again=True)
    connection = sqlite3.connect(main)
    found = connection.execute("SELECT id, name FROM members ORDER BY id").fetchall()
    connection.close()
    assert found == [("1", "Amy"), ("2", "Bob"), ("5", "Eve")]


def test_news_is_told_once(tmp_path: Path) -> None:
    async def work(channel: Channel) -> None:
        realtime = channel.pbx.datastore(Realtime)
        news: list[str] = []
        realtime.on_news.append(news.append)
        await realtime.refresh("other")
        await realtime.refresh("other")
        assert news == ["other"]
        await realtime.store("other", {"id": "y"})
        await realtime.refresh("other")
        assert news == ["other"], "what we wrote ourselves is none"

    run(tmp_path, work)


@pytest.mark.parametrize(
    ("function", "arguments", "printed"),
    [
        (commands.load, "people id 2", "Column Name"),
        (commands.load, "x y z", "No rows found matching search criteria.\n"),
        (commands.update, "people id 1 name Eve", "Updated 1 RealTime record.\n"),
        (commands.update, "none id 1 name Eve", "Failed to update: extconfig.conf does not map"),
        (commands.update2, "people id 1 name Bob NULL age 3", "Updated 0 RealTime records.\n"),
        (commands.store, "people id 7 name Zoe", "Stored RealTime record.\n"),
        (commands.destroy, "people id 1", "Removed RealTime record.\n"),
    ],
)
def test_commands(
    tmp_path: Path,
    function: Callable[[CliContext, list[str]], Awaitable[str]],
    arguments: str,
    printed: str,
) -> None:
    async def work(channel: Channel) -> None:
        class Context:
            pbx = channel.pbx

        shown = await function(Context(), arguments.split())  # type: ignore[arg-type]  # what they use of it
        assert printed in shown
        mapped = commands.mappings(Context(), [])  # type: ignore[arg-type]  # as above
        assert "Config Engine: odbc\n===> people (db=main, table=members)\n" in mapped
        assert "Config Engine: sqlite3\n===> other (db=small, table=others)\n" in mapped
        assert "connected" not in commands.pgsql_status(Context(), [])  # type: ignore[arg-type]  # as above

    run(tmp_path, work)
