"""``odbc …`` on an SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.config.func_odbc import read_func_odbc
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.sql_functions import SqlFunctionBook
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import SourceSettings
from tests.cli.fakes import CliNode
from tests.cli.test_commands import run
from tests.support.dialplan import make_interpreter

CONF = """\
[NAME]
dsn=main
readsql=SELECT name, age FROM people WHERE number='${SQL_ESC(${ARG1})}'
writesql=UPDATE people SET name='${SQL_ESC(${VALUE})}' WHERE number='${SQL_ESC(${ARG1})}'
[ONLY]
dsn=main
readsql=SELECT 1
"""


@pytest.fixture
def node(cli: CliNode, tmp_path: Path) -> Iterator[CliNode]:
    path = tmp_path / "main.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE people(number TEXT, name TEXT, age INTEGER)")
        connection.execute("INSERT INTO people VALUES ('1', 'Ann', 30), ('1', 'Bob', NULL)")
    connection.close()
    databases = cli.context.pbx.datastore(Databases)
    databases.take([SourceSettings("main", f"sqlite:///{path}", max_connections=3)])
    cli.context.pbx.datastore(SqlFunctionBook).update(read_func_odbc(parse_config(CONF)).functions)
    cli.context.pbx.dialplan = make_interpreter("[in]\n")
    yield cli
    databases.close()


def test_databases_are_shown(node: CliNode, tmp_path: Path) -> None:
    shown = run(node, "odbc show")
    assert "  Name:   main\n" in shown
    assert f"  DSN:    sqlite+aiosqlite:///{tmp_path}/main.sqlite3\n" in shown
    assert "Number of active connections: 0 (out of 3)\n" in shown
    assert "Status: Connected\n    Changes that wait: 0\n" in shown
    assert "main" in run(node, "odbc show main")
    assert "main" not in run(node, "odbc show other")


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("odbc read ODBC_NAME o'x", "SELECT name, age FROM people WHERE number='o''x'\n"),
        (
            "odbc read NAME 1 exec",
            "name                  Ann\nage                   30\n\n",
        ),
        ("odbc read NAME 2 exec", "Returned 0 rows.\n"),
        ("odbc write NAME 1 Eve", "UPDATE people SET name='Eve' WHERE number='1'\n"),
        ("odbc write NAME 1 Eve exec", "Affected 2 rows.\n"),
        ("odbc read OTHER 1", "No such query 'OTHER' found\n"),
        ("odbc write ONLY 1 2", "The function ODBC_ONLY has no writesql parameter.\n"),
    ],
)
def test_functions_are_tried_out(node: CliNode, command: str, printed: str) -> None:
    assert run(node, command).startswith(printed)


def test_without_a_database_there_is_no_such_command(cli: CliNode) -> None:
    assert run(cli, "odbc show").startswith("No such command 'odbc show'")
