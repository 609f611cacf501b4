"""Whole files out of a database: read in place of those in the folder, and without it those of before."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import load_asterisk_conf
from switchroom.config.language.reader import parse_config
from switchroom.config.language.static_rows import text_of_rows
from switchroom.node.node import Node
from switchroom.node.parts.realtime import RealtimeFamilies
from switchroom.node.static_files import with_static_files
from tests.peers.node import ASTERISK_CONF
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx

ROWS = [  # cat_metric, var_metric, commented, filename, category, var_name, var_val
    (1, 1, 0, "queues.conf", "sales", "strategy", "linear"),
    (1, 2, 0, "queues.conf", "sales", "member", "Local/1@in;x"),
    (0, 1, 0, "queues.conf", "general", "autofill", "yes"),
    (1, 3, 1, "queues.conf", "sales", "timeout", "99"),
    (0, 2, 0, "extensions.conf", "in", "exten", "100,2,Hangup()"),
    (0, 1, 0, "extensions.conf", "in", "exten", "100,1,Answer()"),
]


def make_table(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE ast_config(id INTEGER PRIMARY KEY, cat_metric INTEGER, var_metric INTEGER,"
            " commented INTEGER, filename TEXT, category TEXT, var_name TEXT, var_val TEXT)"
        )
        connection.executemany(
            "INSERT INTO ast_config(cat_metric, var_metric, commented, filename, category, var_name,"
            " var_val) VALUES (?, ?, ?, ?, ?, ?, ?)",
            ROWS,
        )
    connection.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_table(tmp_path / "config.sqlite3")
    files = {
        "asterisk.conf": ASTERISK_CONF,
        "res_odbc.conf": "[main]\nurl=sqlite:///{folder}/config.sqlite3\n",
        "extconfig.conf": "[settings]\nqueues.conf => odbc,main,ast_config\n"
        "extensions.conf => odbc,main,ast_config\nasterisk.conf => odbc,main,ast_config\n",
        "queues.conf": "[hidden]\n",
        "extensions.conf": "[hidden]\nexten => 1,1,Hangup()\n",
        "pjsip.conf": "[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:0\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text.replace("{folder}", str(tmp_path)))
    return tmp_path


def test_rows_become_sections_in_their_order() -> None:
    names = ("cat_metric", "var_metric", "commented", "filename", "category", "var_name", "var_val")
    rows = [dict(zip(names, map(str, row), strict=True)) for row in ROWS if row[3] == "queues.conf"]
    file = parse_config(text_of_rows(rows))
    assert [(s.name, [(e.name, e.value) for e in s.entries]) for s in file.sections] == [
        ("general", [("autofill", "yes")]),
        ("sales", [("strategy", "linear"), ("member", "Local/1@in;x")]),
    ]


def test_a_node_reads_its_files_from_the_database(folder: Path) -> None:
    async def main() -> None:
        node = Node(folder)
        assert list(node._dialplan.dialplan.contexts) == ["in"]
        queues = next(part for part in node._parts if type(part).__name__ == "Queues")
        assert list(queues._config.queues) == ["sales"]  # type: ignore[attr-defined]  # of that part
        with sqlite3.connect(folder / "config.sqlite3") as connection:
            connection.execute("UPDATE ast_config SET category = 'other' WHERE category = 'in'")
        connection.close()
        await node.reload()
        assert list(node._dialplan.dialplan.contexts) == ["other"]

    asyncio.run(main())


def test_without_the_database_the_files_of_before_count(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = with_static_files(load_asterisk_conf(folder))
    text = first.file("queues.conf").read_text()
    (folder / "config.sqlite3").unlink()
    (folder / "config.sqlite3").mkdir()
    again = with_static_files(load_asterisk_conf(folder))
    assert again.file("queues.conf").read_text() == text
    assert "the file of the last time counts" in caplog.text
    assert again.file("pjsip.conf") == folder / "pjsip.conf"


def test_the_dialplan_reads_them_too(folder: Path) -> None:
    async def main() -> str:
        interpreter = make_interpreter("[in]\n")
        pbx = make_pbx(interpreter, directories=load_asterisk_conf(folder).directories)
        part = RealtimeFamilies(with_static_files(load_asterisk_conf(folder)))
        part.open(pbx, AsyncExitStack())
        text = "${AST_CONFIG(queues.conf,sales,strategy)}"
        return await interpreter.substitute(make_channel(pbx), text)

    assert asyncio.run(main()) == "linear"
