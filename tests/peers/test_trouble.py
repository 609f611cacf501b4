"""What goes wrong from outside gets a clear answer, and the server goes on."""

import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.node import Node
from tests.peers.pins import pin_node
from tests.peers.program import START

pytestmark = pytest.mark.peer

OPTIONS = (
    "OPTIONS sip:x@127.0.0.1:{port} SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{own}x{number};rport\r\n"
    "Max-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:x@127.0.0.1>\r\n"
    "Call-ID: o{number}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    with pin_node(tmp_path_factory.mktemp("node")) as running:
        yield running


def ask_options(node: Node, number: int) -> str:
    """The status line that an OPTIONS gets."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        own.bind(("127.0.0.1", 0))
        own.settimeout(5)
        text = OPTIONS.format(port=node.port, own=own.getsockname()[1], number=number)
        own.sendto(text.encode(), ("127.0.0.1", node.port))
        return own.recv(65536).decode().partition("\r\n")[0]


def malformed(seed: random.Random) -> bytes:
    """A message with some of its octets changed, cut off, doubled, or nothing but noise."""
    data = bytearray(OPTIONS.format(port=5060, own=5999, number=seed.random()).encode())
    match seed.randrange(4):
        case 0:
            for _ in range(seed.randrange(1, 30)):
                data[seed.randrange(len(data))] = seed.randrange(256)
        case 1:
            del data[seed.randrange(len(data)) :]
        case 2:
            at = seed.randrange(len(data))
            data[at:at] = data[: seed.randrange(len(data))]
        case _:
            data = bytearray(seed.randbytes(seed.randrange(1, 1500)))
    return bytes(data)


def test_a_thousand_malformed_datagrams_leave_it_answering(node: Node) -> None:
    seed = random.Random(2011)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
        for number in range(1000):
            own.sendto(malformed(seed), ("127.0.0.1", node.port))
            if number % 100 == 0:
                assert ask_options(node, number) == "SIP/2.0 200 OK"
    assert ask_options(node, 1000) == "SIP/2.0 200 OK"
    assert "Traceback" not in node.log()


def test_noise_on_tcp_closes_that_connection_alone(node: Node) -> None:
    with (
        socket.create_connection(("127.0.0.1", node.port), 5) as noisy,
        socket.create_connection(("127.0.0.1", node.port), 5) as quiet,
    ):
        noisy.sendall(b"\x16\x03\x01" + bytes(range(256)) * 8 + b"\r\n\r\n")
        noisy.settimeout(5)
        while noisy.recv(65536):
            pass  # whatever it says, it ends
        text = OPTIONS.format(port=node.port, own=5, number="t").replace("/UDP", "/TCP")
        quiet.sendall(text.encode())
        assert quiet.recv(65536).startswith(b"SIP/2.0 200 OK")
    assert "Traceback" not in node.log()


def run_server(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "switchroom", "run", "-C", str(folder)],
        capture_output=True, text=True, timeout=START, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("extensions.conf", "[phones]\nexten => 1,1\n", r"extensions.conf:2: "),
        ("pjsip.conf", "[a]\ntype = endpoint\ncontxt = x\n", "pjsip.conf:3: "),
        ("rtp.conf", "[general]\nrtpstart = 9\n", "rtp.conf:"),
    ],
)
def test_a_wrong_file_is_named_with_its_line(
    tmp_path: Path, file: str, text: str, said: str
) -> None:
    node = Node(tmp_path, {"extensions.conf": "[phones]\nexten => 1,1,NoOp()\n", file: text})
    done = run_server(node.folder)
    assert done.returncode == 1
    assert done.stderr.startswith("switchroom: ")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_file_does_not_replace_the_one_that_runs(node: Node) -> None:
    file = node.folder / "extensions.conf"
    good = file.read_text()
    before = node.cli("dialplan show phones")
    try:
        file.write_text(good + "exten => 1,one,NoOp()\n")
        answer = node.cli("dialplan reload")
        assert f"extensions.conf:{good.count(chr(10)) + 1}: " in answer
        assert "Command 'dialplan reload' failed." in answer
        assert node.cli("dialplan show phones") == before
    finally:
        file.write_text(good)
    assert node.cli("dialplan reload") == "Dialplan reloaded.\n"


def test_a_missing_sound_is_said_and_the_call_goes_on(tmp_path: Path) -> None:
    with pin_node(tmp_path) as node:
        node.cli("channel originate Local/404@phones application Wait 5")
        node.wait_for_application("Wait", "30")
        node.wait_for_log("/nowhere/no-such-prompt")
        assert "Traceback" not in node.log()


def test_a_taken_address_is_said(node: Node, tmp_path: Path) -> None:
    other = Node(tmp_path, {"extensions.conf": "[phones]\nexten => 1,1,NoOp()\n"})
    conf = other.folder / "pjsip.conf"
    conf.write_text(conf.read_text().replace(str(other.port), str(node.port)))
    done = run_server(other.folder)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("switchroom: cannot listen for SIP")


def test_a_second_server_on_one_folder_is_refused(node: Node) -> None:
    done = run_server(node.folder)
    assert done.returncode == 1
    assert "another server answers there" in done.stderr


def test_no_server_is_said_with_exit_code_1(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "switchroom", "-C", str(tmp_path), "-rx", "core show version"],
        capture_output=True, text=True, timeout=START, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("Unable to connect to remote asterisk")
