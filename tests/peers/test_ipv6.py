"""Calls over IPv6: a real phone at each end, one end on IPv4, and sound all the way."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.hearing import wait_until_heard
from tests.peers.node import Node
from tests.peers.office import PJSIP_CONF, TONES, office
from tests.support.tones import write_tone


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


pytestmark = [
    pytest.mark.peer,
    needs_baresip,
    pytest.mark.skipif(not _has_ipv6(), reason="there is no IPv6 on this machine"),
]

SIX = """
[udp6]
type = transport
protocol = udp
bind = [::1]:{port}
[tcp6]
type = transport
protocol = tcp
bind = [::1]:{port}
"""
EXTENSIONS = """\
[phones]
exten => 200,1,Dial(PJSIP/bob,20)
exten => 600,1,Answer()
 same => n,Echo()
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("office")
    with office(folder, EXTENSIONS, pjsip_conf=PJSIP_CONF + SIX) as running:
        yield running


class Phones(ExitStack):
    """Those of a test."""

    def __init__(self, node: Node, folder: Path) -> None:
        super().__init__()
        self._node = node
        self._folder = folder

    def add(self, name: str, host: str, transport: str = "udp") -> Baresip:
        """A registered one that says its user's tone, and answers."""
        folder = self._folder / name
        folder.mkdir()
        write_tone(folder / "said.wav", TONES[name], 60)
        at = f"{host}:{self._node.port};transport={transport}"
        account = f"<sip:{name}@{at}>;auth_pass=secret;regint=60;answermode=auto"
        phone = self.enter_context(Baresip(folder, account, host=host))
        phone.wait_until_registered()
        return phone

    def dial(self, phone: Baresip, number: str, host: str) -> None:
        """Call, and wait for the answer."""
        phone.command("dial", f"sip:{number}@{host}:{self._node.port}")
        phone.wait_for("CALL_ESTABLISHED")


@pytest.fixture
def phones(node: Node, tmp_path: Path) -> Iterator[Phones]:
    with Phones(node, tmp_path) as made:
        yield made
    node.wait_until_idle()
    assert "Traceback" not in node.log()


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_phone_hears_itself(node: Node, phones: Phones, transport: str) -> None:
    alice = phones.add("alice", "[::1]", transport)
    assert "@[::1]:" in node.ask("database show registrar/contact/alice")
    phones.dial(alice, "600", "[::1]")
    node.wait_for_application("Echo")
    alice.wait_for_log(r"receiving from \[?::1")
    wait_until_heard(alice, TONES["alice"])
    alice.command("hangup")
    alice.wait_for("CALL_CLOSED")


@pytest.mark.parametrize("other", ["[::1]", "127.0.0.1"])
def test_two_phones_hear_each_other(phones: Phones, other: str) -> None:
    bob = phones.add("bob", other)
    alice = phones.add("alice", "[::1]")
    phones.dial(alice, "200", "[::1]")
    wait_until_heard(alice, TONES["bob"])
    wait_until_heard(bob, TONES["alice"])
    alice.command("hangup")
    bob.wait_for("CALL_CLOSED")
