"""More calls than can be taken: some are, the others are told so at once, and then all is well again."""

import csv
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.peers.node import Node
from tests.peers.sipp import PROGRAM, needs_sipp
from tests.peers.wire import Wire
from tests.support.ports import free_port

pytestmark = [pytest.mark.peer, pytest.mark.slow, needs_sipp]

SCENARIO = Path(__file__).parents[2] / "bench" / "scenarios" / "taken_or_refused.xml"
RATE = 6000  #: calls a second: twice of what a fast core takes, or more
SECONDS = 3
WELL_WITHIN = 2.0  #: seconds after the flood

FILES = {
    "pjsip.conf": """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[load]
type = endpoint
context = load
allow = !all,ulaw
[load]
type = identify
endpoint = load
match = 127.0.0.1
""",
    "extensions.conf": "[load]\nexten => answer,1,Answer()\n same => n,Hangup()\n",
    "rtp.conf": "[general]\nrtpstart = 20000\nrtpend = 39998\n",
}


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with Node(tmp_path, FILES) as running:
        yield running


def flood(node: Node, *, rate: int, calls: int) -> dict[str, str]:
    """Run sipp; returns its last line of figures."""
    assert PROGRAM is not None
    subprocess.run(
        [
            PROGRAM, f"127.0.0.1:{node.port}", "-sf", str(SCENARIO), "-s", "answer",
            "-i", "127.0.0.1", "-p", str(free_port()), "-r", str(rate), "-m", str(calls),
            "-l", str(calls), "-nostdin", "-timeout", "60", "-buff_size", "8388608",
            "-trace_stat", "-stf", "stat.csv", "-fd", "5",
        ],
        cwd=node.folder, capture_output=True, timeout=90, check=False,
    )  # fmt: skip
    with (node.folder / "stat.csv").open() as file:
        names, *_, last = csv.reader(file, delimiter=";")
    return dict(zip(names, last, strict=False))


def cpu_seconds(node: Node) -> float:
    """What the node has used; on a busy machine others have what it needs."""
    times = psutil.Process(node.pid).cpu_times()
    return float(times.user + times.system)


def test_every_call_is_taken_or_refused_and_then_all_is_well(node: Node) -> None:
    began, used = time.monotonic(), cpu_seconds(node)
    figures = flood(node, rate=RATE, calls=RATE * SECONDS)
    ended = time.monotonic()
    had_a_core = cpu_seconds(node) - used > 0.8 * SECONDS and ended - began < 2 * SECONDS
    with Wire("udp", "127.0.0.1", node.port) as wire:
        assert wire.is_answered()
    assert time.monotonic() - ended < WELL_WITHIN * (1 if had_a_core else 10)
    refused = int(figures["GenericCounter1(C)"])
    taken = int(figures["SuccessfulCall(C)"]) - refused
    assert int(figures["FailedCall(C)"]) == 0, figures
    assert taken + refused == RATE * SECONDS
    assert refused > 0, "the load was none"
    assert taken > RATE * SECONDS / 100
    again = int(figures["Retransmissions(C)"])
    assert again < RATE * SECONDS * (0.1 if had_a_core else 5), "nobody is left without an answer"
    after = flood(node, rate=20, calls=40)
    assert int(after["GenericCounter1(C)"]) == 0, "calls are still refused"
    assert int(after["SuccessfulCall(C)"]) == 40
