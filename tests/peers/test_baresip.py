"""A real baresip walks through the seed's dialplan."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.hearing import wait_until_heard
from tests.peers.node import Node
from tests.peers.pins import STORED, TONES, pin_node
from tests.support.tones import read_wav, seconds_of, write_tone

pytestmark = [pytest.mark.peer, needs_baresip]


@contextmanager
def phone_of(
    node: Node, folder: Path, transport: str, *, password: str = "wonderland"
) -> Iterator[Baresip]:
    folder.mkdir()
    write_tone(folder / "said.wav", 1000, 60)
    address = f"127.0.0.1:{node.port};transport={transport}"
    account = f"<sip:alice@{address}>;auth_pass={password};regint=60"
    with Baresip(folder, account) as phone:
        yield phone


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with pin_node(tmp_path_factory.mktemp("node")) as running:
        yield running


def walk(node: Node, phone: Baresip, number: str, pin: str) -> bytes:
    """Dial, key extension and PIN, wait for the end; returns what the phone's user heard."""
    phone.command("dial", f"sip:{number}@127.0.0.1:{node.port}")
    phone.wait_for("CALL_ESTABLISHED")
    node.wait_for_application("Read", "UserExtension")
    phone.key("100")
    node.wait_for_application("Read", "PinEntry")
    phone.key(f"{pin}#")
    phone.wait_for("CALL_CLOSED")
    return read_wav(phone.heard)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_phone_stores_a_pin_and_is_let_in_with_it(
    node: Node, tmp_path: Path, transport: str
) -> None:
    node.ask("database deltree pin")
    with phone_of(node, tmp_path / "phone", transport) as phone:
        phone.wait_until_registered()
        heard = walk(node, phone, "*88", "1234")
        assert node.cli("database show pin") == STORED
        for digit in "1234":
            assert seconds_of(heard, TONES[f"digits/{digit}"]) >= 0.3, f"SayDigits: {digit}"
        assert seconds_of(heard, TONES["vm-goodbye"]) >= 0.3

        heard = walk(node, phone, "*77", "1234")
        assert seconds_of(heard, TONES["pin-number-accepted"]) >= 0.3
        assert seconds_of(heard, TONES["pin-invalid"]) == 0

        heard = walk(node, phone, "*77", "4321")
        assert seconds_of(heard, TONES["pin-invalid"]) >= 0.3
        assert seconds_of(heard, TONES["pin-number-accepted"]) == 0
    node.wait_until_idle()


def test_a_phone_hears_itself_and_hangs_up(node: Node, tmp_path: Path) -> None:
    with phone_of(node, tmp_path / "phone", "udp") as phone:
        phone.wait_until_registered()
        phone.command("dial", f"sip:600@127.0.0.1:{node.port}")
        phone.wait_for("CALL_ESTABLISHED")
        node.wait_for_application("Echo")
        wait_until_heard(phone, 1000)
        phone.command("hangup")
        phone.wait_for("CALL_CLOSED")
    node.wait_until_idle()


def test_a_wrong_password_is_refused(node: Node, tmp_path: Path) -> None:
    with phone_of(node, tmp_path / "phone", "udp", password="looking-glass") as phone:
        phone.wait_for_log(r"401 Unauthorized")
        node.wait_for_log(r"REGISTER from 127\.0\.0\.1:\d+ failed to authenticate")
        assert "looking-glass" not in node.log()


def test_an_unknown_extension_is_not_found(node: Node, tmp_path: Path) -> None:
    with phone_of(node, tmp_path / "phone", "udp") as phone:
        phone.wait_until_registered()
        phone.command("dial", f"sip:999@127.0.0.1:{node.port}")
        assert "404" in str(phone.wait_for("CALL_CLOSED").get("param"))


def test_a_registration_outlives_a_kill(tmp_path: Path) -> None:
    server = tmp_path / "server"
    server.mkdir()
    with pin_node(server) as node, phone_of(node, tmp_path / "phone", "udp") as phone:
        phone.wait_until_registered()
        before = node.cli("pjsip show contacts")
        assert "alice" in before
        node.kill()
        node.start()
        assert node.cli("pjsip show contacts") == before
    shutil.rmtree(server)
