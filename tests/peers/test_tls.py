"""Real programs talk to a whole server over TLS."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.tools.phone.outcome import ExitCode
from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.node import PJSIP_CONF, Node
from tests.peers.pins import pin_node
from tests.peers.program import WITHIN
from tests.support.certificates import Authority
from tests.support.ports import free_port
from tests.support.tones import read_wav, seconds_of, write_tone
from tests.tools.phone.program import PhoneProgram

pytestmark = pytest.mark.peer

OPENSSL = shutil.which("openssl")
TLS = """
[tls]
type = transport
protocol = tls
bind = 127.0.0.1:{tls}
cert_file = {{folder}}/server.pem
"""


class TlsNode:
    """A server with a certificate of an authority of its own."""

    def __init__(self, node: Node, authority: Authority, port: int) -> None:
        self.node = node
        self.authority = authority
        self.port = port


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsNode]:
    folder = tmp_path_factory.mktemp("node")
    authority = Authority(folder)
    authority.issue("127.0.0.1")
    port = free_port()
    with pin_node(folder, **{"pjsip.conf": PJSIP_CONF + TLS.format(tls=port)}) as node:
        yield TlsNode(node, authority, port)


def alice(served: TlsNode, *options: str) -> list[str]:
    return ["--config", str(served.node.folder), "--endpoint", "alice", "--tls", *options]


def test_our_phone_calls_where_the_certificate_is_good(served: TlsNode, tmp_path: Path) -> None:
    sound, heard = tmp_path / "sound.wav", tmp_path / "heard.wav"
    write_tone(sound, 850, 1.0)
    options = alice(
        served, "--ca", str(served.authority.file), "--dial", "600",
        "--record", str(heard), "--say", f"play:{sound} wait:0.5 hangup",
    )  # fmt: skip
    with PhoneProgram(tmp_path, *options) as phone:
        assert phone.finish() == ExitCode.DONE, phone.text()
    assert seconds_of(read_wav(heard), 850) >= 0.8
    served.node.wait_until_idle()


def test_our_phone_calls_nobody_who_proves_nothing(served: TlsNode, tmp_path: Path) -> None:
    with PhoneProgram(tmp_path, *alice(served, "--dial", "600")) as phone:
        assert phone.finish() == ExitCode.NETWORK
    with PhoneProgram(
        tmp_path, *alice(served, "--insecure", "--say", "hangup", "--dial", "600")
    ) as phone:
        assert phone.finish() == ExitCode.DONE, phone.text()
    served.node.wait_until_idle()


@needs_baresip
def test_baresip_registers_and_calls(served: TlsNode, tmp_path: Path) -> None:
    write_tone(tmp_path / "said.wav", 1000, 60)
    where = f"127.0.0.1:{served.port};transport=tls"
    with Baresip(tmp_path, f"<sip:alice@{where}>;auth_pass=wonderland;regint=60") as phone:
        phone.wait_until_registered()
        contact = served.node.ask("database show registrar/contact")
        assert re.search(r"sip:\S+@127\.0\.0\.1:\d+;transport=tls", contact), contact
        phone.command("dial", f"sip:600@{where}")
        phone.wait_for("CALL_ESTABLISHED")
        served.node.wait_for_application("Echo")
        phone.command("hangup")
        phone.wait_for("CALL_CLOSED")
    served.node.wait_until_idle()


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
def test_a_reload_takes_up_another_certificate(served: TlsNode) -> None:
    def subject() -> str:
        assert OPENSSL is not None
        shown = subprocess.run(
            [OPENSSL, "s_client", "-connect", f"127.0.0.1:{served.port}"],
            input=b"", capture_output=True, timeout=WITHIN, check=False,
        )  # fmt: skip
        match = re.search(r"subject=CN = (\S+)", shown.stdout.decode())
        assert match, shown.stdout
        return match[1]

    assert subject() == "127.0.0.1"
    served.authority.issue("renewed.example", "127.0.0.1")
    served.node.cli("pjsip reload")
    assert subject() == "renewed.example"
