"""Recordings that are paused, with real phones: what was said meanwhile is nowhere in the file."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.hearing import seconds_heard, wait_until_heard
from tests.peers.node import Node
from tests.peers.office import TONES, office
from tests.peers.trio import Trio, trio_at
from tests.support.ports import free_port

pytestmark = [pytest.mark.peer, needs_baresip]

EXTENSIONS = """\
[globals]
DYNAMIC_FEATURES = stops#goes
[phones]
exten => 202,1,MixMonitor(mixed.wav,b)
 same => n,Monitor(wav,apart)
 same => n,Dial(PJSIP/bob,20)
"""
FEATURES = """\
[general]
featuredigittimeout = 3000
[applicationmap]
stops => *6,self,PauseMonitor
goes => *7,self,UnpauseMonitor
"""
MANAGER = """\
[general]
enabled = yes
port = {ami}
bindaddr = 127.0.0.1
[boss]
secret = top
read = all
write = all
"""


class Boss:
    """Somebody at the manager interface who reads no events."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._lines = self._socket.makefile("r", newline="\r\n")
        self.ask(Action="Login", Username="boss", Secret="top", Events="off")

    def ask(self, **headers: str) -> None:
        """Do an action that succeeds."""
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._socket.sendall(f"{text}\r\n".encode())
        while not (line := self._lines.readline()).startswith("Response: "):
            assert line, "the connection ended"
        assert line.strip() == "Response: Success"

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Trio, int]]:
    port = free_port()
    manager = MANAGER.replace("{ami}", str(port))
    folder = tmp_path_factory.mktemp("office")
    with (
        office(folder, EXTENSIONS, features_conf=FEATURES, manager_conf=manager) as node,
        trio_at(node) as trio,
    ):  # fmt: skip
        yield trio, port


def channel_of(node: Node, name: str) -> str:
    lines = node.ask("core show channels concise").splitlines()
    return next(line.partition("!")[0] for line in lines if line.startswith(f"PJSIP/{name}-"))


def test_what_is_said_during_a_pause_is_not_in_the_file(started: tuple[Trio, int]) -> None:
    trio, port = started
    node = trio.node
    boss = Boss(port)
    trio.talk("202")
    wait_until_heard(trio.alice, TONES["bob"], 1.5)
    caller = channel_of(node, "alice")
    trio.alice.key("*6")
    boss.ask(Action="MixMonitorMute", Channel=caller, State="1")
    wait_until_heard(trio.alice, TONES["bob"], trio.alice.hears(TONES["bob"]) + 3.0)
    trio.alice.key("*7")
    boss.ask(Action="MixMonitorMute", Channel=caller, State="0")
    wait_until_heard(trio.alice, TONES["bob"], trio.alice.hears(TONES["bob"]) + 1.5)
    boss.close()
    trio.end()
    assert "Traceback" not in node.log()
    heard = trio.alice.hears(TONES["bob"])
    monitor = node.folder / "spool" / "monitor"
    # Two phones that talk all the time: in a file with both of them neither is alone.
    files = {"apart-out.wav": "bob", "apart-in.wav": "alice"}
    for name, speaker in files.items():
        recorded = seconds_heard(monitor / name, TONES[speaker])
        assert 2.0 <= recorded <= heard - 2.0, f"{name}: {recorded} of {heard} s"
    mixed = (monitor / "mixed.wav").stat().st_size / 16_000
    assert 2.0 <= mixed <= heard - 2.0, f"mixed.wav: {mixed} of {heard} s"
