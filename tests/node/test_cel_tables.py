"""Channel events and the queue log in the tables of databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from switchroom.config.asterisk_conf import AsteriskConfig, Directories
from switchroom.config.language.reader import parse_config
from switchroom.config.records.cel_sql import read_cel_pgsql
from switchroom.node.part import Part, Services
from switchroom.node.parts.channel_events import ToldEvents
from switchroom.node.parts.databases import SqlDatabases
from switchroom.node.parts.queue_log_table import QueueLogTable
from switchroom.node.parts.realtime import RealtimeFamilies
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cel import CelUserEvent, ChannelEvents
from switchroom.queues.log import QueueLog
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_channel, make_pbx, run_virtual

FILES = {
    "res_odbc.conf": "[main]\nenabled => yes\ndsn => sqlite:///{folder}/cel.sqlite3\n",
    "cel.conf": "[general]\nenable=yes\nevents=CHAN_START,HANGUP,USER_DEFINED\n",
}


def rows(
    folder: Path,
    files: dict[str, str],
    schema: str,
    happens: Callable[[Pbx], object],
    query: str,
    *,
    database: str = "cel.sqlite3",
) -> list[dict[str, Any]]:
    """What stands in a table once something has happened and the node has ended."""
    if schema:
        with sqlite3.connect(folder / database) as connection:
            connection.executescript(schema)
        connection.close()
    for name, text in {**FILES, **files}.items():
        (folder / name).write_text(text.replace("{folder}", str(folder)))
    asterisk = AsteriskConfig(
        directories=Directories(astetcdir=folder, astspooldir=folder / "spool", astlogdir=folder)
    )

    async def main() -> None:
        async with AsyncExitStack() as stack:
            pbx = make_pbx(
                make_interpreter("[in]"),
                directories=asterisk.directories,
                now=lambda: 1_000_000_000.25,
            )
            parts: list[Part] = [
                each(asterisk) for each in (SqlDatabases, ToldEvents, RealtimeFamilies)
            ]
            table = QueueLogTable(asterisk)
            for part in (*parts, table):
                part.read()
                part.open(pbx, stack)
                part.apply(pbx)
            await table.serve(Services(pbx, *[None] * 4), stack)  # type: ignore[arg-type]  # no use to it
            happens(pbx)

    run_virtual(main())
    connection = sqlite3.connect(folder / database)
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute(query)]
    connection.close()
    return found


def call(pbx: Pbx) -> None:
    channel = make_channel(pbx, name="PJSIP/ann-1", context="in", extension="100")
    channel.caller.name = "O'Brien"
    channel.account_code = "sales"
    pbx.events.publish(CelUserEvent(channel.name, "ORDER", "4711"))
    channel.finish()


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    import time

    time.tzset()


SCHEMA = (
    "CREATE TABLE cel(id INTEGER PRIMARY KEY, eventtype VARCHAR(30), eventtime TIMESTAMP,"
    " userdeftype VARCHAR(255), cid_name VARCHAR(80), exten VARCHAR(80), channame VARCHAR(80),"
    " accountcode VARCHAR(20), amaflags INTEGER, extra VARCHAR(512));"
    "CREATE TABLE numbered(eventtype INTEGER, whence VARCHAR(10), who VARCHAR(10))"
)


def test_a_table_gets_what_it_has_columns_for(tmp_path: Path) -> None:
    conf = """\
[general]
show_user_defined = yes
[first]
connection = main
[second]
connection = main
table = numbered
static "lab" => whence
alias channame => who
filter accountcode => sales
"""
    files = {"cel_odbc.conf": conf}
    found = rows(tmp_path, files, SCHEMA, call, "SELECT * FROM cel ORDER BY id")
    assert [each["eventtype"] for each in found] == ["CHAN_START", "ORDER", "HANGUP"]
    assert found[1] == {
        "id": 2, "eventtype": "ORDER", "eventtime": "2001-09-09 01:46:40.250000",
        "userdeftype": "ORDER", "cid_name": "O'Brien", "exten": "100",
        "channame": "PJSIP/ann-1", "accountcode": "sales", "amaflags": 3,
        "extra": '{"extra":"4711"}',
    }  # fmt: skip
    others = rows(tmp_path, files, "", lambda pbx: None, "SELECT * FROM numbered")
    assert others == [
        {"eventtype": 9, "whence": "lab", "who": "PJSIP/ann-"},
        {"eventtype": 4, "whence": "lab", "who": "PJSIP/ann-"},
    ]


def test_the_sqlite_file_makes_its_table(tmp_path: Path) -> None:
    conf = """\
[master]
table = events
columns => what, whose
values => '${eventtype}','${CHANNEL(channame)}'
"""
    found = rows(
        tmp_path, {"cel_sqlite3_custom.conf": conf}, "", call, "SELECT * FROM events",
        database="master.db",
    )  # fmt: skip
    assert [(each["what"], each["whose"]) for each in found] == [
        ("CHAN_START", "PJSIP/ann-1"), ("USER_DEFINED", "PJSIP/ann-1"), ("HANGUP", "PJSIP/ann-1"),
    ]  # fmt: skip


def test_a_database_that_there_is_none_of_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def nothing(pbx: Pbx) -> None:
        assert pbx.datastore(ChannelEvents).backends == ()
        assert not pbx.events.handlers

    conf = "[first]\nconnection = elsewhere\n"
    rows(tmp_path, {"cel_odbc.conf": conf}, SCHEMA, nothing, "SELECT * FROM cel")
    assert "no database is called 'elsewhere'" in caplog.text


def test_the_database_of_cel_pgsql() -> None:
    conf = "[global]\nhostname=db\ndbname=calls\nuser=u\npassword=p\nschema=s\nusegmtime=yes\n"
    found = read_cel_pgsql(parse_config(conf))
    assert found.url == "postgresql://u:p@db:5432/calls"
    assert (found.tables[0].table, found.tables[0].in_utc) == ("s.cel", True)


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ("data VARCHAR(100)", {"data": "3|1795.1|2"}),
        (
            "data1 VARCHAR(100), data2 VARCHAR(100), data3 VARCHAR(100), data4 VARCHAR(100)",
            {"data1": "3", "data2": "1795.1", "data3": "2", "data4": ""},
        ),
    ],
)
def test_the_queue_log(tmp_path: Path, columns: str, wanted: dict[str, str]) -> None:
    schema = (
        "CREATE TABLE ql(time VARCHAR(30), callid VARCHAR(80), queuename VARCHAR(80),"
        f" agent VARCHAR(80), event VARCHAR(32), {columns})"
    )

    def connect(pbx: Pbx) -> None:
        pbx.datastore(QueueLog).write("1795.0", "sales", "Bob", "CONNECT", 3, "1795.1", 2)

    files = {
        "extconfig.conf": "[settings]\nqueue_log => odbc,main,ql\n",
        "logger.conf": "[general]\nqueue_log_realtime_use_gmt=yes\n",
    }
    first, second = rows(tmp_path, files, schema, connect, "SELECT * FROM ql")
    assert (first["event"], first["queuename"]) == ("QUEUESTART", "NONE")
    assert second == {
        "time": "2001-09-09 01:46:40.250000", "callid": "1795.0", "queuename": "sales",
        "agent": "Bob", "event": "CONNECT", **wanted,
    }  # fmt: skip
