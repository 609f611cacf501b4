"""Call records in the tables of databases, as the files of the original name them."""

from __future__ import annotations

import sqlite3
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from switchroom.config.asterisk_conf import AsteriskConfig, Directories
from switchroom.node.parts.call_records import KeptRecords
from switchroom.node.parts.databases import SqlDatabases
from switchroom.pbx.records.cdr_recorder import CallRecords
from switchroom.storage.call_record import CallRecord, Disposition
from tests.support.dialplan import make_interpreter
from tests.support.fakes import make_pbx, run_virtual

RES_ODBC = "[main]\nenabled => yes\ndsn => sqlite:///{folder}/cdr.sqlite3\n"
CDR = "[general]\nenable = yes\n"


def record(**changes: object) -> CallRecord:
    values: dict[str, object] = {
        "clid": '"O\'Brien" <100>', "src": "100", "dst": "200", "dcontext": "in", "channel": "SIP/a-1",
        "dstchannel": "SIP/b-2", "lastapp": "Dial", "lastdata": "SIP/b", "start": 1_000_000_000.25,
        "answer": 1_000_000_002.5, "end": 1_000_000_010.75, "disposition": Disposition.ANSWERED,
        "amaflags": "DOCUMENTATION", "accountcode": "sales", "peeraccount": "", "tenantid": "",
        "uniqueid": "x.1", "linkedid": "x.1", "userfield": "", "sequence": 7, "variables": {"Order": "12"},
    }  # fmt: skip
    return CallRecord(**{**values, **changes})  # type: ignore[arg-type]  # as they are


def rows(
    folder: Path, files: dict[str, str], schema: str, records: list[CallRecord], query: str,
    *, database: str = "cdr.sqlite3",
) -> list[dict[str, object]]:  # fmt: skip
    """What stands in a table once these records were taken and the node has ended."""
    if schema:
        with sqlite3.connect(folder / database) as connection:
            connection.executescript(schema)
        connection.close()
    for name, text in {"res_odbc.conf": RES_ODBC, "cdr.conf": CDR, **files}.items():
        (folder / name).write_text(text.replace("{folder}", str(folder)))
    asterisk = AsteriskConfig(
        directories=Directories(astetcdir=folder, astspooldir=folder / "spool", astlogdir=folder)
    )

    async def main() -> None:
        async with AsyncExitStack() as stack:
            pbx = make_pbx(make_interpreter("[in]"), directories=asterisk.directories)
            for part in (SqlDatabases(asterisk), KeptRecords(asterisk)):
                part.read()
                part.open(pbx, stack)
                part.apply(pbx)
            for each in records:
                pbx.datastore(CallRecords).batch.take(each)

    run_virtual(main())
    connection = sqlite3.connect(folder / database)
    connection.row_factory = sqlite3.Row
    found = [dict(row) for row in connection.execute(query)]
    connection.close()
    return found


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    import time

    time.tzset()


def test_an_adaptive_table_gets_what_it_has_columns_for(tmp_path: Path) -> None:
    conf = """\
[first]
connection = main
table = calls
alias start => calldate
static "Berlin" => site
filter accountcode => sales
[second]
connection = main
table = others
filter accountcode != sales
"""
    schema = (
        "CREATE TABLE calls(calldate DATETIME, clid VARCHAR(80), dst VARCHAR(2), duration INTEGER,"
        " billsec REAL, disposition INTEGER, amaflags VARCHAR(20), uniqueid VARCHAR(32), answer DATETIME,"
        ' site VARCHAR(10), "order" VARCHAR(10), unknown VARCHAR(3));'
        "CREATE TABLE others(src VARCHAR(80), answer DATETIME)"
    )
    records = [record(), record(accountcode="x", answer=None)]
    files = {"cdr_adaptive_odbc.conf": conf}
    found = rows(tmp_path, files, schema, records, "SELECT * FROM calls")
    assert found == [
        {
            "calldate": "2001-09-09 01:46:40", "clid": '"O\'Brien" <100>', "dst": "20", "duration": 10,
            "billsec": 8.25, "disposition": 8, "amaflags": "DOCUMENTATION", "uniqueid": "x.1",
            "answer": "2001-09-09 01:46:42", "site": "Berlin", "order": "12", "unknown": None,
        }
    ]  # fmt: skip
    again = rows(tmp_path, files, "", [], "SELECT * FROM others")
    assert again == [{"src": "100", "answer": None}], "what stood there stays, and comes once"


@pytest.mark.parametrize(
    ("options", "disposition", "columns"),
    [
        ("", "8", {"uniqueid": None, "linkedid": None, "duration": "10"}),
        (
            "dispositionstring=yes\nloguniqueid=yes\n",
            "ANSWERED",
            {"uniqueid": "x.1", "linkedid": None},
        ),
        ("newcdrcolumns=yes\nhrtime=yes\n", "8", {"linkedid": "x.1", "duration": "10.500000"}),
    ],
)
def test_cdr_odbc_has_the_columns_it_says(
    tmp_path: Path, options: str, disposition: str, columns: dict[str, str | None]
) -> None:
    schema = (
        "CREATE TABLE cdr(calldate TEXT, src TEXT, disposition TEXT, duration TEXT, amaflags TEXT,"
        " uniqueid TEXT, linkedid TEXT)"
    )
    conf = f"[global]\ndsn=main\n{options}"
    (found,) = rows(tmp_path, {"cdr_odbc.conf": conf}, schema, [record()], "SELECT * FROM cdr")
    assert (found["disposition"], found["amaflags"], found["src"]) == (disposition, "3", "100")
    assert {name: found[name] for name in columns} == columns


def test_the_sqlite_file_makes_its_table(tmp_path: Path) -> None:
    conf = """\
[master]
table = calls
columns => calldate, who, site
values => '${CDR(start)}','${CDR(src)}->${CDR(dst)}','Berlin, "Mitte"'
"""
    found = rows(
        tmp_path, {"cdr_sqlite3_custom.conf": conf}, "", [record()],
        "SELECT * FROM calls", database="master.db",
    )  # fmt: skip
    assert found == [
        {
            "AcctId": 1,
            "calldate": "2001-09-09 01:46:40",
            "who": "100->200",
            "site": 'Berlin, "Mitte"',
        }
    ]
