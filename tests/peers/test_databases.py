"""A node whose phones, functions and call records are in a real PostgreSQL, which goes away."""

from __future__ import annotations

import asyncio
import csv
import itertools
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from switchroom.sip.digest import Account
from switchroom.sip.events import SessionAnswered, SessionEnded
from switchroom.sip.flow import Flow
from tests.channels.sip_far_end import FarEnd
from tests.peers.node import Node
from tests.support.sql_servers import HAS_POSTGRES, Postgres, running

pytestmark = [
    pytest.mark.peer,
    pytest.mark.timeout(400),  # several servers start and end in it, on a machine that is shared
    pytest.mark.skipif(not HAS_POSTGRES, reason="no PostgreSQL here"),
]

_calls = itertools.count(1)
BOUND = 1.0  #: seconds that a call may wait for a database, as `answer_timeout` says
LOADED = 10.0  #: seconds that a loaded machine may add to a call's set-up
SCHEMA = """\
CREATE TYPE yesno AS ENUM ('yes', 'no');
CREATE TABLE ps_endpoints(id VARCHAR(40) PRIMARY KEY, transport VARCHAR(40), aors VARCHAR(200),
  auth VARCHAR(40), context VARCHAR(40), disallow VARCHAR(200), allow VARCHAR(200), direct_media yesno);
CREATE TABLE ps_auths(id VARCHAR(40) PRIMARY KEY, auth_type VARCHAR(20), username VARCHAR(40),
  password VARCHAR(80));
CREATE TABLE ps_aors(id VARCHAR(40) PRIMARY KEY, contact VARCHAR(255), max_contacts INTEGER,
  qualify_frequency INTEGER);
CREATE TABLE names(number VARCHAR(20) PRIMARY KEY, name VARCHAR(40));
CREATE TABLE cdr(calldate TIMESTAMP WITHOUT TIME ZONE, src VARCHAR(80), dst VARCHAR(80), duration INTEGER,
  billsec NUMERIC(10,3), disposition VARCHAR(45), uniqueid VARCHAR(150), linkedid VARCHAR(150),
  sequence INTEGER, channel VARCHAR(80), userfield VARCHAR(80));
INSERT INTO ps_endpoints VALUES('alice', NULL, 'alice', 'alice', 'phones', 'all', 'ulaw', 'no');
INSERT INTO ps_auths VALUES('alice', 'userpass', 'alice', 'wonderland');
INSERT INTO ps_aors VALUES('alice', NULL, 2, 0);
INSERT INTO names VALUES('alice', 'Alice O''Hara');
"""
FILES = {
    "pjsip.conf": "[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{port}\n",
    "res_odbc.conf": "[pg]\nenabled => yes\nurl => {url}\nanswer_timeout => 1\npre-connect => yes\n"
    "negative_connection_cache => 1\n",
    "extconfig.conf": "[settings]\nps_endpoints => odbc,pg\nps_auths => odbc,pg\nps_aors => odbc,pg\n",
    "sorcery.conf": "[res_pjsip]\nendpoint=realtime,ps_endpoints\nauth=realtime,ps_auths\n"
    "aor=realtime,ps_aors\n",
    "func_odbc.conf": "[NAME]\ndsn=pg\nreadsql=SELECT name FROM names WHERE number='${SQL_ESC(${ARG1})}'\n",
    "cdr.conf": "[general]\nenable=yes\n[csv]\nloguniqueid=yes\nloguserfield=yes\nnewcdrcolumns=yes\n",
    "cdr_adaptive_odbc.conf": "[pg]\nconnection=pg\ntable=cdr\nalias start => calldate\n",
    "extensions.conf": "[phones]\nexten => 200,1,Answer()\n same => n,Set(CDR(userfield)=${ODBC_NAME(alice)})\n"
    " same => n,Wait(60)\nexten => 300,1,Answer()\n same => n,Wait(0.2)\n",
}  # fmt: skip


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with running(Postgres) as server:
        assert isinstance(server, Postgres)
        server.run(SCHEMA)
        yield server


@pytest.fixture
def node(tmp_path: Path, postgres: Postgres) -> Iterator[Node]:
    files = {name: text.replace("{url}", postgres.url) for name, text in FILES.items()}
    with Node(tmp_path, files) as started:
        yield started


def wait_for(holds: Callable[[], bool], what: str, within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, f"{what} does not happen"
        time.sleep(0.05)  # other processes work in real time


def call(node: Node, secret: str = "wonderland", *, to: str = "200") -> tuple[int, float]:
    """How alice's call ends, or 200 where it is answered and hung up; and how long that took."""

    async def main() -> tuple[int, float]:
        far = FarEnd(patience=60.0, word=f"far{next(_calls)}x")
        await far.open()
        try:
            flow = Flow("udp", ("127.0.0.1", node.port), ("127.0.0.1", far.port))
            began_at = time.monotonic()
            uri = f"sip:{to}@127.0.0.1:{node.port}"
            session = await far.call(uri, flow, account=Account("alice", secret))
            took = time.monotonic() - began_at
            outcome = far.outcome(session)
            if isinstance(outcome, SessionAnswered):
                node.wait_for_application("Wait" if to == "200" else "")
                session.end(now=far.now)
                far.pump()
                await far.until(lambda: session.is_ended)
                return 200, took
            assert isinstance(outcome, SessionEnded)
            return outcome.status, took
        finally:
            far.close()

    return asyncio.run(main())


def written(node: Node) -> list[list[str]]:
    """The call records of the CSV file, which has nothing to do with databases."""
    path = node.folder / "log" / "cdr-csv" / "Master.csv"
    return list(csv.reader(path.read_text().splitlines())) if path.exists() else []


def waiting(node: Node) -> int:
    """How many changes wait for the database."""
    line = next(each for each in node.ask("odbc show").splitlines() if "that wait" in each)
    return int(line.rpartition(":")[2])


def on_disk(node: Node) -> int:
    """How many changes are in the journal: a record that is not acknowledged yet may still be lost."""
    path = node.folder / "spool" / "sql-journal.sqlite3"
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM change").fetchone()[0])
    finally:
        connection.close()


def in_table(postgres: Postgres) -> list[list[str]]:
    sql = "SELECT uniqueid, sequence, disposition, userfield FROM cdr"
    return [line.split("|") for line in postgres.run(sql).splitlines()]


def keys(records: list[list[str]]) -> list[tuple[str, str]]:
    """Unique ids and sequences of CSV lines."""
    return sorted((record[16], record[20]) for record in records)


def test_a_changed_row_acts_on_the_next_call(node: Node, postgres: Postgres) -> None:
    assert call(node)[0] == 200
    postgres.run("UPDATE ps_auths SET password = 'other'")
    assert call(node)[0] == 401
    assert call(node, "other")[0] == 200
    postgres.run("UPDATE ps_endpoints SET context = 'nowhere'")
    assert call(node, "other")[0] == 404
    assert "alice" in node.cli("pjsip show endpoints")
    postgres.run("DELETE FROM ps_endpoints")
    assert call(node, "other")[0] == 401
    shown = node.cli("realtime load ps_aors id alice")
    assert "max_contacts  2" in shown


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_the_database_goes_away_in_the_middle_of_calls(
    node: Node, postgres: Postgres, how: str
) -> None:
    for _ in range(8):
        node.ask("channel originate Local/200@phones application Wait 60")
    assert call(node)[0] == 200
    (postgres.stop if how == "stopped" else postgres.freeze)()
    took = []
    for _ in range(4):
        status, seconds = call(node)
        assert status == 200
        took.append(seconds)
    assert call(node, "wrong")[0] == 401, "what is known counts, and nothing less"
    assert max(took) < BOUND + LOADED
    assert node.ask("core show channels concise").count("!Wait!") >= 16, "no call is lost"
    node.ask("channel request hangup all")
    node.wait_until_idle(within=30)
    wait_for(lambda: len(written(node)) >= 21, "records of all calls")
    before = keys(written(node))
    wait_for(lambda: on_disk(node) == waiting(node) >= 12, "records that wait, on disk")
    node.kill()
    node.start()
    assert call(node)[0] == 200, "the copy is on disk"
    node.wait_until_idle(within=30)
    wait_for(lambda: len(written(node)) > len(before), "the record of the last call")
    (postgres.start if how == "stopped" else postgres.thaw)()
    wait_for(lambda: waiting(node) == 0, "the journal is emptied")
    rows = in_table(postgres)
    assert sorted((row[0], row[1]) for row in rows) == keys(written(node)), "none lost, none twice"
    assert {row[3] for row in rows if row[3]} == {"Alice O'Hara"}, "the last answer was used"
    if how == "stopped":
        node.wait_for_log("database pg is back", within=30)
        assert node.log().count("database pg is gone") == 2, "told once by each process"
    assert call(node)[0] == 200
