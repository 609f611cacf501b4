"""Clients of the REST interface that nobody here wrote: they answer, play, record, and let two phones talk."""

import json
import shutil
import socket
import struct
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.node import Node
from tests.peers.test_calls import PJSIP, Phones
from tests.support.ports import free_port

pytestmark = pytest.mark.peer

NPM = Path(__file__).parent / "npm"
EXTENSIONS = """\
[phones]
exten => 900,1,Stasis(meeting,caller)
exten => keys,1,Answer()
 same => n,Wait(1)
 same => n,SendDTMF(7)
 same => n,Wait(60)
"""
HTTP = "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nbindport = {http}\n"
ARI = "[general]\nenabled = yes\n[boss]\ntype = user\npassword = top\n"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    port = free_port()
    files = {
        "pjsip.conf": PJSIP, "extensions.conf": EXTENSIONS, "ari.conf": ARI,
        "http.conf": HTTP.replace("{http}", str(port)),
    }  # fmt: skip
    with Node(tmp_path_factory.mktemp("ari"), files) as started:
        started.http = f"http://127.0.0.1:{port}"  # type: ignore[attr-defined]  # for the clients
        yield started


def url_of(node: Node) -> str:
    url: str = node.http  # type: ignore[attr-defined]
    return url


@pytest.fixture
def phones(node: Node) -> Iterator[Phones]:
    made = Phones(node)
    yield made
    for phone in made.all:
        phone.kill()


@pytest.fixture
def meeting(node: Node) -> Iterator["subprocess.Popen[str]"]:
    pytest.importorskip("asyncari")
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).parent / "ari" / "meeting.py"), url_of(node)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    yield process
    if process.poll() is None:
        process.kill()
    process.communicate()


def test_two_phones_talk_through_asyncari(
    node: Node, phones: Phones, meeting: "subprocess.Popen[str]"
) -> None:
    assert meeting.stdout is not None
    bob = phones.answering("bob", "LONG expect-hangup")
    said = [meeting.stdout.readline()]
    assert said == ["connected\n"]
    alice = phones.calling("alice", 900, "LONG hangup")
    alice.end()
    bob.end()
    said += meeting.communicate(timeout=60)[0].splitlines()
    assert meeting.returncode == 0, said
    assert alice.hears("bob") > 2
    assert bob.hears("alice") > 2
    assert alice.hears("carol") == 0
    assert said.count("StasisStart") == 2
    assert {"ChannelEnteredBridge", "PlaybackFinished", "RecordingStarted", "recorded"} <= set(said)
    recorded = node.folder / "spool" / "recording" / "talk.wav"
    assert recorded.stat().st_size > 16_000


def test_npm_ari_client(node: Node) -> None:
    program = shutil.which("node")
    if program is None or not (NPM / "node_modules" / "ari-client").is_dir():
        pytest.skip("npm's ari-client is not installed")
    done = subprocess.run(
        [program, str(NPM / "ari.js"), url_of(node)],
        capture_output=True, text=True, timeout=90, check=False,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert done.returncode == 0, (done.stdout, done.stderr, node.log())
    wanted = {"originated", "start other", "played digits:42 done", "key 7", "bridged true",
              "recorded npm", "destroyed 16"}  # fmt: skip
    assert wanted <= set(lines), lines


def ask(node: Node, method: str, path: str, **query: str) -> Any:
    """A request by HTTP."""
    request = urllib.request.Request(
        f"{url_of(node)}/ari{path}?{urllib.parse.urlencode({'api_key': 'boss:top', **query})}",
        method=method,
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def test_a_program_speaks_rtp_with_a_call(node: Node) -> None:
    websockets = pytest.importorskip("websockets.sync.client")
    events = url_of(node).replace("http", "ws") + "/ari/events?app=media&api_key=boss:top"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours,
        websockets.connect(events, subprotocols=["ari"]) as told,
    ):
        ours.bind(("127.0.0.1", 0))
        ours.settimeout(20)
        host, port = ours.getsockname()
        made = ask(
            node, "POST", "/channels/externalMedia", app="media", format="ulaw",
            external_host=f"{host}:{port}", channelId="program",
        )  # fmt: skip
        where = made["channelvars"]["UNICASTRTP_LOCAL_ADDRESS"]
        there = where, int(made["channelvars"]["UNICASTRTP_LOCAL_PORT"])
        while json.loads(told.recv(timeout=20))["type"] != "StasisStart":
            pass
        ask(node, "POST", "/bridges/talk")
        ask(node, "POST", "/channels/program/play", media="digits:42")
        packet = ours.recv(2048)
        assert (packet[0], packet[1] & 0x7F, len(packet)) == (0x80, 0, 172)
        ask(
            node,
            "POST",
            "/channels/program/record",
            name="said",
            format="ulaw",
            maxDurationSeconds="1",
        )
        while json.loads(told.recv(timeout=20))["type"] != "RecordingStarted":
            pass
        for number in range(60):  # what the program says: one octet of mu-law, over and over
            header = struct.pack("!BBHII", 0x80, 0, number, number * 160, 7)
            ours.sendto(header + bytes([0x13]) * 160, there)
            time.sleep(0.02)  # as a phone does
        while json.loads(told.recv(timeout=20))["type"] != "RecordingFinished":
            pass
        ask(node, "DELETE", "/channels/program")
    said = (node.folder / "spool" / "recording" / "said.ulaw").read_bytes()
    assert said.count(0x13) > 4_000


def test_a_program_comes_over_a_web_socket(node: Node) -> None:
    websockets = pytest.importorskip("websockets.sync.client")
    base = url_of(node).replace("http", "ws")
    events = f"{base}/ari/events?app=socket&api_key=boss:top"
    with websockets.connect(events, subprotocols=["ari"]) as told:
        made = ask(
            node, "POST", "/channels/externalMedia", app="socket", format="ulaw",
            transport="websocket", connection_type="server", channelId="coming",
        )  # fmt: skip
        connection = made["channelvars"]["MEDIA_WEBSOCKET_CONNECTION_ID"]
        media = f"{base}/media/{connection}"
        with websockets.connect(media, subprotocols=["media"]) as program:
            assert "MEDIA_START" in program.recv(timeout=20)
            while json.loads(told.recv(timeout=20))["type"] != "StasisStart":
                pass
            ask(node, "POST", "/channels/coming/play", media="digits:42")
            heard = b""
            while len(heard) < 800:
                frame = program.recv(timeout=20)
                heard += frame if isinstance(frame, bytes) else b""
            ask(node, "DELETE", "/channels/coming")
        while json.loads(told.recv(timeout=20))["type"] != "ChannelDestroyed":
            pass
