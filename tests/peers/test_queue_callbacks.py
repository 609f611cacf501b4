"""Who is called back is called back, though the node is killed meanwhile."""

import time
from pathlib import Path

import pytest

from tests.peers.node import Node

pytestmark = [pytest.mark.peer, pytest.mark.timeout(240)]

QUEUES = """\
[support]
callback-context = outbound
retry = 1
ringinuse = no
member => Local/a@agents/n,0,Ann
"""
DIALPLAN = """\
[phones]
exten => asks,1,QueueCallback(support,555)
[agents]
exten => a,1,Answer()
 same => n,Wait(30)
[outbound]
exten => 555,1,Answer()
 same => n,Set(DB(t/reached)=${CALLERID(num)})
 same => n,Wait(2)
"""


def wait_for(node: Node, command: str, text: str, *, within: float = 60.0) -> str:
    deadline = time.monotonic() + within
    while text not in (answer := node.ask(command)):
        assert time.monotonic() < deadline, f"{command}: {answer}\n{node.log()}"
        time.sleep(0.05)  # another process runs in real time
    return answer


def test_a_callback_outlives_the_node(tmp_path: Path) -> None:
    log = tmp_path / "log" / "queue_log"
    with Node(tmp_path, {"queues.conf": QUEUES, "extensions.conf": DIALPLAN}) as node:
        node.ask("queue pause member Local/a@agents/n")
        node.ask("channel originate Local/asks@phones application Wait 1")
        wait_for(node, "queue callbacks", "555")
        wait_for(node, "queue show support", "1. Callback/555-")
        assert "paused" in node.ask("queue explain support")
        node.kill()
        node.start()
        # Ann is there again, not paused: she is no dynamic member.
        wait_for(node, "database show", "/t/reached")
        wait_for(node, "queue callbacks", "No callbacks")
        node.wait_until_idle(within=30.0)
    events = [line.split("|")[4] for line in log.read_text().splitlines()]
    assert [event for event in events if event.startswith("CALLBACK")] == [
        "CALLBACKREQUESTED", "CALLBACKDIAL", "CALLBACKCOMPLETE",
    ]  # fmt: skip
