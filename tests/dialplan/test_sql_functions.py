"""Functions of func_odbc.conf on real databases: SQLite here, PostgreSQL in the test of escapes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from switchroom.config.func_odbc import read_func_odbc
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.documentation import document_function
from switchroom.dialplan.sql_functions import SqlFunctionBook, make_function
from switchroom.pbx.channel import Channel
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import SourceSettings
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx

T = TypeVar("T")

FUNCTIONS = """\
[general]
single_db_connection=no
[NAME]
dsn=first,second
readsql=SELECT name, city FROM people WHERE number='${SQL_ESC(${ARG1})}' ORDER BY name
writesql=UPDATE people SET name='${SQL_ESC(${VAL1})}', city='${SQL_ESC(${VAL2})}' WHERE number='${SQL_ESC(${ARG1})}'
insertsql=INSERT INTO people(number, name, city) VALUES('${SQL_ESC(${ARG1})}', '${SQL_ESC(${VAL1})}', '${SQL_ESC(${VAL2})}')
[PLAIN]
prefix=OFFICE
readhandle=second
readsql=SELECT name FROM people WHERE name LIKE '${ARG1}%'
escapecommas=no
minargs=1
[ALL]
dsn=first
mode=multirow
rowlimit=3
readsql=SELECT name, city FROM people ORDER BY number
[ONLYWRITES]
writehandle=first
writesql=DELETE FROM people
[NOTHING]
synopsis=has no statement
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    paths = {name: tmp_path / f"{name}.sqlite3" for name in ("first", "second")}
    for path in paths.values():
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE people(number TEXT, name TEXT, city TEXT)")
            rows = [
                ("1", "Ann", "Bern, old"),
                ("2", "Bo\\b", None),
                ("3", "Cid", "Ulm"),
                ("4", "Dan", "Linz"),
            ]
            connection.executemany("INSERT INTO people VALUES (?, ?, ?)", rows)
        connection.close()
    return paths


def run(files: dict[str, Path], work: Callable[[Channel], Awaitable[T]]) -> T:
    interpreter = make_interpreter("[in]\nexten => s,1,NoOp()\n")
    config = read_func_odbc(parse_config(FUNCTIONS))
    assert "[NOTHING]" in config.warnings[0].message
    interpreter.use_functions(
        "func_odbc.conf", {n: make_function(f) for n, f in config.functions.items()}
    )

    async def main() -> T:
        core = make_pbx(interpreter)
        databases = core.datastore(Databases)
        async with core as pbx:
            folder = files["first"].parent
            databases.journal_path = folder / "journal"
            databases.copies_path = folder / "copies"
            databases.take(
                SourceSettings(
                    name,
                    f"sqlite:///{path}",
                    look_every=0.05,
                    answer_within=20.0,
                )
                for name, path in files.items()
            )
            pbx.datastore(SqlFunctionBook).update(config.functions)
            channel = make_channel(pbx)
            try:
                result = await work(channel)
            finally:
                for each in list(pbx.channels.values()):
                    each.finish()
        databases.close()
        return result

    return asyncio.run(main())


async def read(channel: Channel, text: str) -> str:
    return await channel.pbx.dialplan.substitute(channel, text)


async def write(channel: Channel, name: str, arguments: str, value: str) -> None:
    waiting = channel.pbx.dialplan.write_function(channel, name, arguments, value)
    assert waiting is not None
    await waiting


def test_one_row_is_read(files: dict[str, Path]) -> None:
    async def work(channel: Channel) -> None:
        channel.variables["ARG1"] = "kept"
        assert await read(channel, "${ODBC_NAME(1)}") == "Ann,Bern\\, old"
        shown = channel.variables
        assert (shown["ODBCROWS"], shown["ODBCSTATUS"], shown["ARG1"]) == ("1", "SUCCESS", "kept")
        assert shown["~ODBCFIELDS~"] == "name,city"
        await channel.pbx.dialplan.execute(
            channel, "Set", f"HASH(who)={await read(channel, '${ODBC_NAME(1)}')}"
        )
        assert await read(channel, "${HASH(who,city)}") == "Bern, old"
        assert await read(channel, "${ODBC_NAME(2)}") == "Bo\\\\b,"
        assert await read(channel, "<${ODBC_NAME(9)}>") == "<>"
        assert (shown["ODBCROWS"], shown["ODBCSTATUS"]) == ("0", "NODATA")
        assert await read(channel, "<${ODBC_NAME(x' OR '1'='1)}>") == "<>"

    run(files, work)


def test_prefix_handles_and_least_arguments(
    files: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    async def work(channel: Channel) -> None:
        assert await read(channel, "${OFFICE_PLAIN(A)}") == "Ann"
        assert await read(channel, "<${OFFICE_PLAIN()}>") == "<>"
        assert channel.variables["ODBCSTATUS"] == "FAILURE"

    run(files, work)
    assert "needs 1 arguments, not 0" in caplog.text


def test_it_says_what_it_does() -> None:
    text = "[NAME]\ndsn=a\nreadsql=SELECT 1\nsynopsis=Find a name\nsyntax=<number>\n"
    (config,) = read_func_odbc(parse_config(text)).functions.values()
    documentation = document_function(make_function(config))
    assert documentation.usages[0].summary == "Find a name."
    assert "SELECT 1" in documentation.usages[0].description
    assert "ODBC_NAME(<number>)" in documentation.usages[0].description


def test_rows_are_changed_or_inserted(files: dict[str, Path]) -> None:
    async def work(channel: Channel) -> None:
        await write(channel, "ODBC_NAME", "3", "O'Brien,Ulm")
        assert (channel.variables["ODBCROWS"], channel.variables["ODBCSTATUS"]) == ("1", "SUCCESS")
        assert await read(channel, "${ODBC_NAME(3)}") == "O'Brien,Ulm"
        await write(channel, "ODBC_NAME", "5", "Eve,Graz")
        assert channel.variables["ODBCROWS"] == "1"
        assert await read(channel, "${ODBC_NAME(5)}") == "Eve,Graz"

    run(files, work)


def test_many_rows_are_fetched_one_by_one(files: dict[str, Path]) -> None:
    async def work(channel: Channel) -> None:
        name = await read(channel, "${ODBC_ALL()}")
        assert channel.variables["ODBCROWS"] == "3", "rowlimit"
        fetched = [await read(channel, f"${{ODBC_FETCH({name})}}") for _ in range(4)]
        assert fetched == ["Ann,Bern\\, old", "Bo\\\\b,", "Cid,Ulm", ""]
        assert channel.variables["ODBC_FETCH_STATUS"] == "FAILURE"
        again = await read(channel, "${ODBC_ALL()}")
        assert again != name
        await channel.pbx.dialplan.execute(channel, "ODBCFinish", again)
        assert await read(channel, f"<${{ODBC_FETCH({again})}}>") == "<>"

    run(files, work)


def test_a_transaction_is_the_channels_own(files: dict[str, Path]) -> None:
    def names() -> list[str]:
        connection = sqlite3.connect(files["first"])
        found = [row[0] for row in connection.execute("SELECT name FROM people WHERE number='3'")]
        connection.close()
        return found

    async def work(channel: Channel) -> None:
        execute = channel.pbx.dialplan.execute
        seen = channel.variables
        channel.pbx.dialplan.write_function(channel, "ODBC", "transaction,nowhere", "t")
        assert seen["ODBC_RESULT"] == "FAILED_TO_CREATE"
        channel.pbx.dialplan.write_function(channel, "ODBC", "transaction,first", "t")
        assert (seen["ODBC_RESULT"], await read(channel, "${ODBC(transaction)}")) == ("OK", "t")
        await write(channel, "ODBC_NAME", "3", "Xen,Ulm")
        assert await read(channel, "${ODBC_NAME(3)}") == "Xen,Ulm"
        assert names() == ["Cid"]
        await execute(channel, "ODBC_Rollback", "")
        assert seen["ODBC_RESULT"] == "OK"
        assert await read(channel, "${ODBC_NAME(3)}") == "Cid,Ulm"
        await write(channel, "ODBC_NAME", "3", "Yul,Ulm")
        await execute(channel, "ODBC_Commit", "t")
        assert names() == ["Yul"]
        channel.pbx.dialplan.write_function(channel, "ODBC", "isolation", "rubbish")
        assert seen["ODBC_RESULT"] == "INVALID_VALUE"
        channel.pbx.dialplan.write_function(channel, "ODBC", "forcecommit", "yes")
        assert await read(channel, "${ODBC(forcecommit)}") == "1"
        await write(channel, "ODBC_NAME", "3", "Zoe,Ulm")
        channel.finish()
        while channel.pbx.datastore(Databases).sources["first"].in_use or names() != ["Zoe"]:
            await asyncio.sleep(0.01)  # it is committed in the thread of databases

    run(files, work)


def test_without_databases_the_last_answer_counts_and_changes_wait(files: dict[str, Path]) -> None:
    hidden = files["first"].with_suffix(".hidden")

    async def work(channel: Channel) -> None:
        assert await read(channel, "${ODBC_NAME(1)}") == "Ann,Bern\\, old"
        for name, path in files.items():
            source = channel.pbx.datastore(Databases).sources[name]
            path.rename(path.with_suffix(f".{name}"))
            path.mkdir()
            await asyncio.wrap_future(source._thread.submit(source._let_go()))
        assert await read(channel, "${ODBC_NAME(1)}") == "Ann,Bern\\, old"
        assert channel.variables["ODBCSTATUS"] == "SUCCESS"
        assert int(channel.variables["ODBCAGE"]) >= 0
        assert await read(channel, "<${ODBC_NAME(2)}>") == "<>", "nobody asked for it before"
        assert channel.variables["ODBCSTATUS"] == "FAILURE"
        await write(channel, "ODBC_NAME", "1", "Amy,Bern")
        assert channel.variables["ODBCSTATUS"] == "SUCCESS"
        databases = channel.pbx.datastore(Databases)
        assert databases.waiting("first") == 1
        for name, path in files.items():
            path.rmdir()
            path.with_suffix(f".{name}").rename(path)
        while databases.waiting("first"):
            await asyncio.sleep(0.01)  # the thread of databases finds it in real time
        assert await read(channel, "${ODBC_NAME(1)}") == "Amy,Bern"
        assert "ODBCAGE" not in channel.variables

    run(files, work)
    assert not hidden.exists()
