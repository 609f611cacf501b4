"""Helper programs of a running node, with calls going on."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.peers.node import Node

pytestmark = pytest.mark.peer

PROCESSES = f"""\
[watcher]
command = {sys.executable} -u {{folder}}/queue-watcher-{os.getpid()}.py
[leaky]
command = {sys.executable} -u {{folder}}/leaky.py
memory_limit = 60M
[daily]
command = {sys.executable} -u {{folder}}/queue-watcher-{os.getpid()}.py daily
restart = * * * * *
autostart = no
"""
WATCHER = "import sys, time; print('watching', sys.argv[1:]); time.sleep(600)\n"
LEAKY = "import time; x = []\nwhile True: x.append(b'x' * 2**22); time.sleep(0.01)\n"


def ps(node: Node) -> dict[str, dict[str, object]]:
    words = [sys.executable, "-m", "switchroom", "ps", "--json", "-C", str(node.folder)]
    answer = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return {each["name"]: each for each in json.loads(answer)}


def pid(script: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "switchroom", "pid", script]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_helpers_are_looked_after_while_calls_go_on(tmp_path: Path) -> None:
    script = f"queue-watcher-{os.getpid()}.py"
    (tmp_path / script).write_text(WATCHER)
    (tmp_path / "leaky.py").write_text(LEAKY)
    dialplan = "[phones]\nexten => 1,1,Wait(60)\n"
    files = {"processes.conf": PROCESSES, "extensions.conf": dialplan}
    with Node(tmp_path, files) as node:
        node.cli("channel originate Local/1@phones application Wait 60")
        wait(lambda: pid(script).stdout.strip() == str(ps(node)["watcher"]["pid"]))
        first = int(pid(script).stdout)
        assert pid(script).stdout == f"{first}\n"

        os.kill(first, signal.SIGKILL)  # it crashes
        wait(lambda: ps(node)["watcher"]["pid"] not in {None, first})
        wait(lambda: ps(node)["leaky"]["restarts"])  # it leaks
        assert "memory_limit" in str(ps(node)["leaky"]["last_end"])
        assert "1 active call" in node.cli("core show channels")

        assert "being stopped" in node.cli("processes stop watcher")
        wait(lambda: ps(node)["watcher"]["state"] == "stopped")
        gone = pid(script)
        assert (gone.stdout, gone.returncode) == ("", 1)
        assert "there is no process 'x'" in node.cli("processes stop x", check=False)
        node.cli("processes start daily")
        wait(lambda: ps(node)["daily"]["state"] == "running")
        last = int(str(ps(node)["daily"]["pid"]))
    assert not Path(f"/proc/{last}").exists(), "it ended with its node"
    assert "watching ['daily']" in (tmp_path / "log/processes/daily.log").read_text()


def wait(is_so: object, within: float = 20.0) -> None:
    deadline = time.monotonic() + within
    assert callable(is_so)
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
