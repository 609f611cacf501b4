"""After 20,000 calls, however they ended, a node has what it had before.

``LEAK_CALLS=600 pytest -m slow tests/peers/test_leaks.py`` is the short form.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.crowd import ENDINGS, Crowd
from tests.peers.node import Node

pytestmark = [pytest.mark.peer, pytest.mark.slow, pytest.mark.timeout(900)]

CALLS = int(os.environ.get("LEAK_CALLS", "20000"))
WARM_UP = CALLS  #: the heap is then as large as the transactions of 32 s of such calls make it
SETTLED_WITHIN = 90.0  #: seconds: transactions are kept for 32 s (RFC 3261 §17, 64 T1)
#: The heap is as large as the most calls at once ever made it, and grows where a busy machine lets
#: a later round be quicker than those before it. What leaks grows in each of them.
MEMORY_GROWTH_KIB = 16 * 1024
MEMORY = "Resident memory (KiB)"
MORE_ROUNDS = 2

FILES = {
    "pjsip.conf": """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[crowd]
type = endpoint
context = crowd
allow = !all,ulaw
[crowd]
type = identify
endpoint = crowd
match = 127.0.0.1
""",
    "extensions.conf": """\
[crowd]
exten => hold,1,Answer()
 same => n,Wait(60)
exten => answer,1,Answer()
 same => n,Hangup()
exten => ring,1,Ringing()
 same => n,Wait(60)
exten => busy,1,Hangup(17)
exten => refuse,1,Hangup(21)
exten => dial,1,Dial(PJSIP/crowd/sip:ok@127.0.0.1:{crowd},30)
exten => dialbusy,1,Dial(PJSIP/crowd/sip:busy@127.0.0.1:{crowd},30)
 same => n,Hangup(17)
exten => dialring,1,Dial(PJSIP/crowd/sip:ring@127.0.0.1:{crowd},30)
""",
    "rtp.conf": "[general]\nrtpstart = 20000\nrtpend = 29998\n",
}

FINAL = {
    "hung up by us": 200, "hung up by them": 200, "cancelled": 487, "cancelled at once": 487,
    "busy": 486, "refused": 403, "no such extension": 404, "bye before the answer": 487,
    "bad offer": 488, "dialled": 200, "dialled, busy": 486, "dialled, cancelled": 487,
}  # fmt: skip


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    node = Node(tmp_path, FILES)
    yield node
    node.stop()


def census(node: Node) -> dict[str, int]:
    lines = node.ask("core show resources").splitlines()
    return {name.strip(): int(count) for name, _, count in (line.rpartition(":") for line in lines)}


def settled(node: Node) -> dict[str, int]:
    """The census once nothing of a call is left."""
    deadline = time.monotonic() + SETTLED_WITHIN
    while True:
        now = census(node)
        kept = now["Server transactions"] + now["Client transactions"] + now["Timers"]
        if not kept and not now["Channels"]:
            return now
        assert time.monotonic() < deadline, f"not everything is given back: {now}"
        time.sleep(0.5)  # another process forgets in real time


def test_no_call_leaves_anything_behind(node: Node) -> None:
    crowd = Crowd(node.port)
    extensions = node.folder / "extensions.conf"
    extensions.write_text(extensions.read_text().replace("{crowd}", str(crowd.port)))
    node.start()
    try:
        crowd.run(WARM_UP, at_once=40)
        before = settled(node)
        crowd.outcomes.clear()
        crowd.run(CALLS, at_once=40)
        after = settled(node)
        outcomes = Counter(crowd.outcomes)
        growth = [after[MEMORY] - before[MEMORY]]
        while growth[-1] >= MEMORY_GROWTH_KIB and len(growth) <= MORE_ROUNDS:
            crowd.run(CALLS, at_once=40)
            growth.append(settled(node)[MEMORY] - after[MEMORY] - sum(growth[1:]))
    finally:
        crowd.close()
    each, more = divmod(CALLS, len(ENDINGS))
    assert sum(outcomes.values()) == CALLS
    finals = Counter(ending for ending, status in outcomes if status == FINAL[ending])
    assert set(finals) == set(ENDINGS), outcomes
    assert not [key for key in outcomes if key[1] != FINAL[key[0]]], outcomes
    assert min(outcomes.values()) >= each - more
    assert growth[-1] < MEMORY_GROWTH_KIB, f"in each round: {growth} KiB"
    before[MEMORY] = after[MEMORY]
    refused = "Refused for overload"  # the machine may be busy
    assert after.pop(refused) >= before.pop(refused)
    assert after == before
    assert "Traceback" not in node.log()
