"""Channel events and the queue log in a real PostgreSQL that goes away in the middle."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.support.sql_servers import HAS_POSTGRES, Postgres, running

pytestmark = [
    pytest.mark.peer,
    pytest.mark.skipif(not HAS_POSTGRES, reason="no PostgreSQL here"),
]

SCHEMA = """\
CREATE TABLE cel(id SERIAL PRIMARY KEY, eventtype VARCHAR(30), eventtime TIMESTAMP, userdeftype VARCHAR(255),
  cid_num VARCHAR(80), exten VARCHAR(80), channame VARCHAR(80), uniqueid VARCHAR(150), linkedid VARCHAR(150),
  amaflags INTEGER, extra JSON);
CREATE TABLE queue_log(id SERIAL PRIMARY KEY, time TIMESTAMP, callid VARCHAR(40), queuename VARCHAR(40),
  agent VARCHAR(40), event VARCHAR(20), data1 VARCHAR(40), data2 VARCHAR(40), data3 VARCHAR(40));
"""
FILES = {
    "res_odbc.conf": "[pg]\nenabled => yes\nurl => {url}\nanswer_timeout => 1\n"
    "negative_connection_cache => 1\n",
    "cel.conf": "[general]\nenable=yes\nevents=CHAN_START,CHAN_END,HANGUP,USER_DEFINED\n",
    "cel_custom.conf": "[mappings]\nMaster.csv => ${eventtype},${CHANNEL(uniqueid)}\n",
    "cel_odbc.conf": "[pg]\nconnection=pg\n",
    "extconfig.conf": "[settings]\nqueue_log => odbc,pg,queue_log\n",
    "queues.conf": "[sales]\nmember => Local/talks@phones/n\nretry=1\n",
    "extensions.conf": "[phones]\nexten => talks,1,Answer()\n same => n,CELGenUserEvent(MINE,it's me)\n"
    " same => n,Wait(0.2)\nexten => queue,1,Queue(sales,,,,5)\n",
}  # fmt: skip


def run_calls(node: Node, count: int) -> None:
    for _ in range(count):
        node.ask("channel originate Local/talks@phones application Wait 0.1")
    node.ask("channel originate Local/queue@phones application Wait 0.3")
    node.wait_until_idle(within=60)


def test_no_event_and_no_line_is_lost_or_doubled(tmp_path: Path) -> None:
    with running(Postgres) as server:
        assert isinstance(server, Postgres)
        server.run(SCHEMA)
        files = {name: text.replace("{url}", server.url) for name, text in FILES.items()}
        with Node(tmp_path, files) as node:
            run_calls(node, 5)
            server.stop()
            run_calls(node, 5)  # nobody waits for a database
            server.start()
            run_calls(node, 5)
            node.cli("core stop gracefully")
            assert node.wait_for_exit(within=60) == 0
        written = sorted((tmp_path / "log/cel-custom/Master.csv").read_text().splitlines())
        lines = [line.split("|") for line in (tmp_path / "log/queue_log").read_text().splitlines()]
        wanted = sorted((line[1], line[2], line[3], line[4]) for line in lines)
        count = "SELECT (SELECT count(*) FROM cel), (SELECT count(*) FROM queue_log)"
        deadline = time.monotonic() + 90
        with Node(tmp_path, files) as node:  # what was not delivered in time comes now
            while server.run(count) != f"{len(written)}|{len(lines) + 1}":  # and it says it starts
                assert time.monotonic() < deadline, (server.run(count), node.log())
                time.sleep(0.1)  # a database takes it in real time
        query = "SELECT eventtype || ',' || uniqueid FROM cel"
        assert sorted(server.run(query).splitlines()) == written
        assert server.run("SELECT DISTINCT extra->>'extra' FROM cel WHERE userdeftype='MINE'") == (
            "it's me"
        )
        found = server.run(
            "SELECT callid, queuename, agent, event FROM queue_log ORDER BY id"
        ).splitlines()
        starts = [row for row in found if row.endswith("QUEUESTART")]
        assert len(starts) == 2
        assert sorted(tuple(row.split("|")) for row in found if row not in starts) == [
            each for each in wanted if each[3] != "QUEUESTART"
        ]
