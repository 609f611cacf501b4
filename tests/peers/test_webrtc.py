"""A real browser as a phone: registered over WebSockets, audio by ICE and DTLS-SRTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.chromium import BrowserPhone, browser_phone, needs_chromium, playwright
from tests.peers.node import PJSIP_CONF, Node
from tests.peers.pins import TONES, pin_node
from tests.support.certificates import Authority
from tests.support.ports import free_port
from tests.support.tones import read_wav, seconds_of, write_tone

pytestmark = [pytest.mark.peer, needs_chromium]

PJSIP = """
[ws]
type = transport
protocol = wss
bind = 0.0.0.0

[web](!)
type = endpoint
context = phones
disallow = all
allow = {codecs}
webrtc = yes
auth = web
aors = web
[web](web)
[web]
type = auth
auth_type = userpass
username = web
password = spider
[web]
type = aor
max_contacts = 5
remove_existing = yes

[bob](phone)
auth = bob
aors = bob
[bob]
type = auth
auth_type = userpass
username = bob
password = builder
[bob]
type = aor
max_contacts = 1
"""
HTTP_CONF = """\
[general]
enabled = yes
bindaddr = 127.0.0.1
bindport = {plain}
tlsenable = yes
tlsbindaddr = 127.0.0.1:{tls}
tlscertfile = {folder}/server.pem
"""
EXTENSIONS_CONF = """\
[phones]
exten => 600,1,Answer()
 same => n,Echo()
exten => 601,1,Answer()
 same => n,Playback(extension&extension&extension&extension&extension&extension)
 same => n,Wait(30)
exten => 602,1,Answer()
 same => n,Read(PIN,,4)
 same => n,Wait(${PIN})
exten => 603,1,Answer()
 same => n,ConfBridge(room)
exten => 700,1,Dial(PJSIP/bob,20)
exten => 701,1,Dial(PJSIP/web,20)
"""
MICROPHONE, BOB = 1000, 850  #: hertz of what each of them says


class Served:
    """A node with a place for browsers."""

    def __init__(self, node: Node, plain: int, tls: int) -> None:
        self.node = node
        self.addresses = {
            "ws": f"ws://127.0.0.1:{plain}/ws", "wss": f"wss://127.0.0.1:{tls}/ws"
        }  # fmt: skip


@contextmanager
def serve(folder: Path, codecs: str = "ulaw,alaw") -> Iterator[Served]:
    Authority(folder).issue("127.0.0.1")
    plain, tls = free_port(), free_port()
    http = HTTP_CONF.replace("{plain}", str(plain)).replace("{tls}", str(tls))
    files = {
        "pjsip.conf": PJSIP_CONF + PJSIP.replace("{codecs}", codecs),
        "http.conf": http,
        "extensions.conf": EXTENSIONS_CONF,
    }
    with pin_node(folder, **files) as node:
        yield Served(node, plain, tls)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("node")) as running:
        yield running


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(
    driver: Any, served: Served, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserPhone]:
    with browser_phone(driver, tmp_path_factory.mktemp("browser"), MICROPHONE) as phone:
        phone.do("register", served.addresses["ws"], "web", "spider")
        yield phone


@contextmanager
def bob(node: Node, folder: Path, more: str = "") -> Iterator[Baresip]:
    folder.mkdir()
    write_tone(folder / "said.wav", BOB, 60)
    account = f"<sip:bob@127.0.0.1:{node.port}>;auth_pass=builder;regint=60{more}"
    with Baresip(folder, account) as phone:
        phone.wait_until_registered()
        yield phone


def hang_up_one(browser: BrowserPhone) -> None:
    browser.do("hangup")
    browser.wait_until("idle")


def hang_up(served: Served, browser: BrowserPhone) -> None:
    hang_up_one(browser)
    served.node.wait_until_idle()


def test_the_browser_hears_its_echo(served: Served, browser: BrowserPhone) -> None:
    browser.do("call", "600")
    browser.wait_until("talking")
    assert browser.hears(MICROPHONE), (browser.said, served.node.log())
    found = browser.do("secured")
    assert found["dtls"] == "connected"
    assert "audio/PCMU" in found["codec"]
    hang_up(served, browser)


def test_the_browser_hears_a_prompt(served: Served, browser: BrowserPhone) -> None:
    browser.do("call", "601")
    browser.wait_until("talking")
    assert browser.hears(TONES["extension"]), (browser.said, served.node.log())
    hang_up(served, browser)


def test_keys_of_the_browser_arrive(served: Served, browser: BrowserPhone) -> None:
    browser.do("call", "602")
    browser.wait_until("talking")
    served.node.wait_for_application("Read")
    browser.do("press", "4711")
    served.node.wait_for_application("Wait", "4711")
    hang_up(served, browser)


@needs_baresip
def test_the_browser_calls_a_phone(served: Served, browser: BrowserPhone, tmp_path: Path) -> None:
    with bob(served.node, tmp_path / "bob", ";answermode=auto") as phone:
        browser.do("call", "700")
        browser.wait_until("talking")
        assert browser.hears(BOB), (browser.said, served.node.log())
        hang_up(served, browser)
        phone.wait_for("CALL_CLOSED")
        assert seconds_of(read_wav(phone.heard), MICROPHONE) >= 0.5


@needs_baresip
def test_a_phone_calls_the_browser(served: Served, browser: BrowserPhone, tmp_path: Path) -> None:
    with bob(served.node, tmp_path / "bob") as phone:
        phone.command("dial", f"sip:701@127.0.0.1:{served.node.port}")
        browser.wait_until("ringing")
        browser.do("answer")
        browser.wait_until("talking")
        assert browser.hears(BOB), (browser.said, served.node.log())
        assert browser.do("secured")["dtls"] == "connected"
        phone.command("hangup")
        phone.wait_for("CALL_CLOSED")
        browser.wait_until("idle")
        assert seconds_of(read_wav(phone.heard), MICROPHONE) >= 0.5
    served.node.wait_until_idle()


@needs_baresip
def test_hold_and_resume(served: Served, browser: BrowserPhone, tmp_path: Path) -> None:
    with bob(served.node, tmp_path / "bob", ";answermode=auto"):
        browser.do("call", "700")
        browser.wait_until("talking")
        assert browser.hears(BOB), (browser.said, served.node.log())
        browser.do("hold")
        browser.wait_until("holding")
        assert browser.hears(0), "who holds hears nothing"
        browser.do("resume")
        browser.wait_until("talking")
        assert browser.hears(BOB), (browser.said, served.node.log())
        assert "handshake failed" not in served.node.log()
        hang_up(served, browser)


@needs_baresip
def test_the_browser_in_a_conference(served: Served, browser: BrowserPhone, tmp_path: Path) -> None:
    with bob(served.node, tmp_path / "bob") as phone:
        phone.command("dial", f"sip:603@127.0.0.1:{served.node.port}")
        phone.wait_for("CALL_ESTABLISHED")
        browser.do("call", "603")
        browser.wait_until("talking")
        assert browser.hears(BOB), (browser.said, served.node.log())
        hang_up_one(browser)
        phone.command("hangup")
        phone.wait_for("CALL_CLOSED")
        assert seconds_of(read_wav(phone.heard), MICROPHONE) >= 0.5
    served.node.wait_until_idle()


@pytest.mark.parametrize("codecs", ["opus", "g722"])
def test_over_tls_and_with_wide_codecs(driver: Any, tmp_path: Path, codecs: str) -> None:
    (tmp_path / "node").mkdir()
    with (
        serve(tmp_path / "node", codecs) as served,
        browser_phone(driver, tmp_path / "browser", MICROPHONE) as browser,
    ):
        browser.do("register", served.addresses["wss"], "web", "spider")
        browser.do("call", "600")
        browser.wait_until("talking")
        assert browser.hears(MICROPHONE), (browser.said, served.node.log())
        assert codecs in browser.do("secured")["codec"].lower()
        hang_up(served, browser)
