"""Loads on a whole server: processes of their own, real sockets, the real media engine."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from switchroom.tools.bench.command import ExitCode
from switchroom.tools.bench.options import PASSWORD_VARIABLE
from tests.peers.node import Node

pytestmark = [pytest.mark.peer, pytest.mark.timeout(120)]

#: A busy machine may be behind, on either side; that is told, and is no fault of what is tested.
MEASURED = {ExitCode.CLEAN, ExitCode.FAILING, ExitCode.SATURATED}

FILES = {
    "pjsip.conf": """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[bench]
type = endpoint
context = in
allow = !all,ulaw
[guarded]
type = endpoint
context = in
allow = !all,ulaw
auth = guarded
aors = guarded
[guarded]
type = auth
username = guarded
password = secret
[guarded]
type = aor
max_contacts = 50
""",
    "extensions.conf": """\
[in]
exten => answer,1,Answer()
 same => n,Wait(10)
exten => leave,1,Answer()
 same => n,Wait(0.1)
exten => echo,1,Answer()
 same => n,Echo()
exten => busy,1,Hangup(17)
""",
    "rtp.conf": "[general]\nrtpstart = 20000\nrtpend = 29998\n",
}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with Node(tmp_path_factory.mktemp("node"), FILES) as running:
        yield running


def bench(*words: str, password: str = "") -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "switchroom", "bench", "--json", *words],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, PASSWORD_VARIABLE: password},
    )  # fmt: skip
    assert not done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout)


def at(node: Node, user: str) -> str:
    return f"sip:{user}@127.0.0.1:{node.port}"


def test_calls(node: Node) -> None:
    code, found = bench("calls", at(node, "answer"), "--rate", "20", "--seconds", "1")
    assert code in MEASURED
    assert found["begun"] == 20
    assert found["done"] + found["refused"].get("503", 0) == 20
    assert 0 < found["answer"]["p50"] < 10
    node.wait_until_idle()


def test_two_processes(node: Node) -> None:
    words = ("--rate", "20", "--seconds", "1", "--hold", "0.5", "--processes", "2")
    code, found = bench("calls", at(node, "answer"), *words)
    assert code in MEASURED
    assert (found["begun"], found["processes"]) == (20, 2)
    node.wait_until_idle()


def test_busy_is_a_failure(node: Node) -> None:
    code, found = bench("calls", at(node, "busy"), "--rate", "10", "--seconds", "1")
    assert code in {ExitCode.FAILING, ExitCode.SATURATED}
    assert found["refused"].get("486", 0) + found["refused"].get("503", 0) == 10


def test_audio_comes_back(node: Node) -> None:
    code, found = bench("audio", at(node, "echo"), "--calls", "5", "--seconds", "1")
    assert code in MEASURED
    assert found["done"] + found["refused"].get("503", 0) == 5
    audio = found["audio"]
    assert audio["sent"] > 40 * found["done"]
    assert audio["received"] > 30 * found["done"]
    assert audio["silent_calls"] == 0
    node.wait_until_idle()


def test_calls_with_audio_that_the_server_ends(node: Node) -> None:
    code, found = bench("audio", at(node, "leave"), "--calls", "4", "--seconds", "2")
    assert code in {ExitCode.FAILING, ExitCode.SATURATED}
    assert found["dropped"] == found["done"] > 0
    node.wait_until_idle()


def test_registrations_are_made_and_removed(node: Node) -> None:
    words = ("register", at(node, "guarded"), "--rate", "10", "--seconds", "1")
    code, found = bench(*words, password="secret")
    assert code in MEASURED
    assert (found["begun"], found["done"]) == (10, 10)
    assert "guarded@" not in node.ask("pjsip show contacts")
    code, found = bench(*words, password="wrong")
    assert code in {ExitCode.FAILING, ExitCode.SATURATED}
    assert found["refused"] == {"401": 10}


def test_a_caller_with_a_password(node: Node) -> None:
    words = ("--user", "guarded", "--rate", "5", "--seconds", "1")
    code, found = bench("calls", at(node, "answer"), *words, password="secret")
    assert code in MEASURED
    assert found["done"] + found["refused"].get("503", 0) == 5
    node.wait_until_idle()


def test_nobody_is_there(tmp_path: Path) -> None:
    code, found = bench("calls", "sip:a@127.0.0.1:9", "--rate", "1", "--seconds", "1")
    assert code == ExitCode.NOBODY
    assert (found["unanswered"], found["done"]) == (1, 0)


def test_help_has_examples_and_exit_codes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "switchroom", "bench", "--help"],
        capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    assert "examples:" in done.stdout
    assert "exit codes:" in done.stdout
