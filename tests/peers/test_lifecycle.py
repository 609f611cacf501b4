"""Starting, asking, stopping, as unit files and scripts do it."""

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.baresip import is_running
from tests.peers.node import Node
from tests.peers.pins import pin_node
from tests.peers.program import WITHIN
from tests.peers.sipp import needs_sipp, run_sipp
from tests.support.ports import free_port

pytestmark = pytest.mark.peer

DIALPLAN = "[phones]\nexten => 1,1,Answer()\n same => n,Wait(30)\n"
QUALIFIED = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[trunk]
type = endpoint
aors = trunk
[trunk]
type = aor
contact = sip:trunk@127.0.0.1:%s
qualify_frequency = 1
qualify_timeout = 1
"""


def asterisk(node: Node, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the drop-in."""
    config = str(node.folder / "asterisk.conf")
    return subprocess.run(
        [sys.executable, "-m", "switchroom", "asterisk", "-C", config, *words],
        capture_output=True, text=True, timeout=WITHIN, check=False,
    )  # fmt: skip


def test_the_drop_in_runs_in_the_background_and_stops_when_it_is_told(tmp_path: Path) -> None:
    node = Node(tmp_path, {"extensions.conf": DIALPLAN})
    assert asterisk(node).returncode == 0  # it returns; a child serves
    deadline = time.monotonic() + WITHIN
    while "fully booted" not in asterisk(node, "-rx", "core waitfullybooted").stdout:
        assert time.monotonic() < deadline
    done = asterisk(node, "-rx", "channel originate Local/1@phones application Wait 20")
    assert (done.returncode, done.stdout) == (0, "")
    node.wait_for_application("Wait", "30")
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(tmp_path / "run" / "asterisk.ctl"))
        pid = int(re.search(rb'"?pid"?\D+(\d+)', probe.recv(4096))[1])  # type: ignore[index]
    assert is_running(pid)
    assert asterisk(node, "-rx", "core stop now").returncode == 0
    deadline = time.monotonic() + WITHIN
    while is_running(pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)  # another process ends in real time
    assert not (tmp_path / "run" / "asterisk.ctl").exists()


@needs_sipp
def test_a_graceful_stop_waits_for_the_last_call_and_takes_no_new_one(tmp_path: Path) -> None:
    with pin_node(tmp_path) as node:
        node.cli("channel originate Local/500@phones application Wait 30")
        node.wait_for_application("Wait", "30")
        pid = node.pid
        node.cli("core stop gracefully")
        done = run_sipp("refused", node.port, tmp_path, final="503")
        assert done.returncode == 0, done.stdout + done.stderr
        assert is_running(pid)
        node.ask("channel request hangup all")
        assert node.wait_for_exit() == 0


@needs_sipp
def test_a_stop_says_goodbye_to_who_is_in_a_call(tmp_path: Path) -> None:
    """sipp's scenario ends well only where a BYE comes."""
    with pin_node(tmp_path) as node, ThreadPoolExecutor(1) as pool:
        call = pool.submit(run_sipp, "waits", node.port, tmp_path, number="500")
        node.wait_for_application("Wait", "30")
        node.cli("core stop now")
        assert node.wait_for_exit() == 0
        done = call.result()
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def answering(port: int) -> Iterator[threading.Event]:
    """A SIP party that answers OPTIONS with 200 until it is told to be quiet."""
    quiet = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", port))
        own.settimeout(120)

        def work() -> None:
            while True:
                data, remote = own.recvfrom(65536)
                if not data.startswith(b"OPTIONS"):
                    return
                if not quiet.is_set():
                    lines = data.decode().split("\r\n")
                    kept = [x for x in lines if x.startswith(("Via", "From", "To", "Call", "CSeq"))]
                    answer = ["SIP/2.0 200 OK", *kept, "Content-Length: 0", "", ""]
                    own.sendto("\r\n".join(answer).encode(), remote)

        worker = threading.Thread(target=work)
        worker.start()
        try:
            yield quiet
        finally:
            own.sendto(b"end", ("127.0.0.1", port))
            worker.join()


def test_a_contact_is_asked_whether_it_is_there(tmp_path: Path) -> None:
    port = free_port()
    files = {"extensions.conf": DIALPLAN, "pjsip.conf": QUALIFIED % port}

    def wait_for_status(word: str) -> str:
        deadline = time.monotonic() + WITHIN
        shown = ""
        while time.monotonic() < deadline:
            shown = node.ask("pjsip show contacts")
            if word in shown:
                return shown
            time.sleep(0.05)  # another process asks in real time
        raise AssertionError(f"never {word}:\n{shown}\n{node.log()}")

    with answering(port) as quiet, Node(tmp_path, files) as node:
        shown = wait_for_status("Avail ")
        assert re.search(r"Avail +\d+\.\d+", shown)
        quiet.set()
        wait_for_status("Unavail")
        quiet.clear()
        wait_for_status("Avail ")
