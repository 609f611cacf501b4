"""A queue of a running node: its file, its console, calls in real time."""

from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.peers.program import wait_until

pytestmark = pytest.mark.peer

QUEUES = """\
[general]
persistentmembers = yes
autofill = yes
[sales]
strategy = rrmemory
retry = 1
ringinuse = no
member => Local/a@agents/n,0,Ann
member => Local/b@agents/n,0,Bob
"""
DIALPLAN = """\
[phones]
exten => 1,1,Answer()
 same => n,Queue(sales)
exten => 2,1,AddQueueMember(sales,Local/c@agents/n,5,,Cid)
 same => n,Wait(1)
[agents]
exten => _[a-c],1,Wait(0.2)
 same => n,Answer()
 same => n,Wait(1.5)
"""


def test_calls_are_taken_and_told(tmp_path: Path) -> None:
    log = tmp_path / "log" / "queue_log"
    with Node(tmp_path, {"queues.conf": QUEUES, "extensions.conf": DIALPLAN}) as node:
        node.cli("channel originate Local/2@phones application Wait 1")
        for _ in range(4):
            node.cli("channel originate Local/1@phones application Wait 20")
        assert "sales has" in node.cli("queue show sales")
        wait_until(lambda: log.read_text().count("|COMPLETEAGENT|") == 4, log.read_text)
        lines = [line.split("|") for line in log.read_text().splitlines()]
        assert all(len(line) >= 6 and line[0].isdigit() for line in lines)
        events = [line[4] for line in lines]
        assert events.count("ENTERQUEUE") == events.count("CONNECT") == 4
        takers = {line[3] for line in lines if line[4] == "CONNECT"}
        assert {"Ann", "Bob"} <= takers, "Cid has a higher penalty: only when both are busy"
        first = next(line[3] for line in lines if line[4] == "CONNECT")
        assert first in {"Ann", "Bob"}, "from the first caller on"
        shown = node.cli("queue show sales")
        assert "Cid (Local/c@agents/n) with penalty 5" in shown
        assert "C:4, A:0" in shown
    with Node(tmp_path, {}) as node:
        assert "(dynamic)" in node.cli("queue show sales"), "it outlives a restart"
