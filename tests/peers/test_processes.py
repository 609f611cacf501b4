"""Helper programs of a running node, with calls going on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.peers.program import wait_until

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
        wait_until(lambda: pid(script).stdout.strip() == str(ps(node)["watcher"]["pid"]), node.log)
        first = int(pid(script).stdout)
        assert pid(script).stdout == f"{first}\n"

        os.kill(first, signal.SIGKILL)  # it crashes
        wait_until(lambda: ps(node)["watcher"]["pid"] not in {None, first}, node.log)
        wait_until(lambda: bool(ps(node)["leaky"]["restarts"]), node.log)  # it leaks
        assert "memory_limit" in str(ps(node)["leaky"]["last_end"])
        assert "1 active call" in node.cli("core show channels")

        assert "being stopped" in node.cli("processes stop watcher")
        wait_until(lambda: ps(node)["watcher"]["state"] == "stopped", node.log)
        gone = pid(script)
        assert (gone.stdout, gone.returncode) == ("", 1)
        assert "there is no process 'x'" in node.cli("processes stop x", check=False)
        node.cli("processes start daily")
        wait_until(lambda: ps(node)["daily"]["state"] == "running", node.log)
        last = int(str(ps(node)["daily"]["pid"]))
    assert not Path(f"/proc/{last}").exists(), "it ended with its node"
    assert "watching ['daily']" in (tmp_path / "log/processes/daily.log").read_text()
