"""Voicemail with real phones and a real mail server: a tone is left, mailed, shown by the lamp, heard, deleted."""

from __future__ import annotations

import asyncio
import email
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

from switchroom.media.prompts import load_texts
from tests.peers.baresip import LAMP, Baresip, needs_baresip
from tests.peers.node import ASTERISK_CONF, Node
from tests.support.mail_server import MailServer, mail_server
from tests.support.ports import free_port
from tests.support.tones import read_wav, seconds_of, write_tone

pytestmark = [pytest.mark.peer, pytest.mark.timeout(300)]

WITHIN = 60.0  #: seconds that anything may take on a busy machine
SPOKEN = re.compile("vm-|dir-|auth-|beep|digits/|letters/|pbx-")  #: which prompts voicemail has
SAID = 1000.0  #: hertz, of what the caller says
DIALPLAN = """\
[phones]
exten => 100,1,VoiceMail(100@default,u)
exten => *97,1,VoiceMailMain(100@default)
exten => 411,1,Directory(default,phones)
exten => 200,1,Answer()
 same => n,UserEvent(Found,Who: bob)
 same => n,Wait(60)
[talker]
exten => s,1,Answer()
 same => n,Wait(60)
"""
VOICEMAIL = """\
[general]
format = wav
smtp = 127.0.0.1:{smtp}
[default]
100 => 1234,Alice Adams,alice@example.com
200 => 4321,Bob Brown
"""
PJSIP = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
[phone](!)
type = endpoint
context = phones
disallow = all
allow = ulaw
[alice](phone)
auth = alice
aors = alice
[alice]
type = auth
auth_type = userpass
username = alice
password = secret
[alice]
type = aor
max_contacts = 1
mailboxes = 100@default
[bob](phone)
auth = bob
aors = bob
callerid = "Bob" <200>
[bob]
type = auth
auth_type = userpass
username = bob
password = secret
[bob]
type = aor
max_contacts = 1
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


class States:
    """What a harness hears: the TestEvents of a node.

    Args:
        port: Of its manager interface.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._text = b""

    def __enter__(self) -> Self:
        self._socket = socket.create_connection(("127.0.0.1", self._port), WITHIN)
        self._socket.sendall(b"Action: Login\r\nUsername: boss\r\nSecret: top\r\n\r\n")
        self.wait_for("Authentication accepted")
        return self

    def __exit__(self, *exception: object) -> None:
        self._socket.close()

    def wait_for(self, *lines: str) -> str:
        """The next event that has all these lines; those before it are over."""
        self._socket.settimeout(WITHIN)
        while True:
            event, end, rest = self._text.partition(b"\r\n\r\n")
            if not end:
                data = self._socket.recv(65536)
                assert data, f"the connection was closed before {lines}"
                self._text += data
                continue
            self._text = rest
            text = event.decode()
            if all(line in text for line in lines):
                return text

    def hears(self, prompt: str) -> None:
        """Wait until a prompt begins to play."""
        self.wait_for("State: PLAYBACK", f"Message: {prompt}\r\n")


@contextmanager
def mails() -> Iterator[MailServer]:
    """A mail server in a thread of its own."""
    ready, over = threading.Event(), asyncio.Event()
    found: list[tuple[MailServer, asyncio.AbstractEventLoop]] = []

    async def serve() -> None:
        async with mail_server() as server:
            found.append((server, asyncio.get_running_loop()))
            ready.set()
            await over.wait()

    thread = threading.Thread(target=asyncio.run, args=[serve()])
    thread.start()
    try:
        assert ready.wait(WITHIN)
        yield found[0][0]
    finally:
        found[0][1].call_soon_threadsafe(over.set)
        thread.join()


def wait_for_mail(server: MailServer) -> email.message.Message:
    """The first e-mail that comes."""
    deadline = threading.Event()
    for _ in range(int(WITHIN * 20)):
        if server.got:
            content = server.got[0].content
            assert isinstance(content, bytes)
            return email.message_from_bytes(content)
        deadline.wait(0.05)  # another process works in real time
    raise AssertionError("no e-mail came")


@contextmanager
def house(folder: Path, smtp: int) -> Iterator[tuple[Node, int]]:
    """A node whose prompts are short silences; its manager port."""
    for name in filter(SPOKEN.match, load_texts("en")):
        write_tone(folder / "data" / "sounds" / "en" / f"{name}.wav", 0, 0.1)
    ami = free_port()
    files = {
        "asterisk.conf": ASTERISK_CONF + "[options]\ntest_events = yes\n",
        "extensions.conf": DIALPLAN,
        "pjsip.conf": PJSIP,
        "voicemail.conf": VOICEMAIL.format(smtp=smtp),
        "manager.conf": MANAGER.format(ami=ami),
    }
    with Node(folder, files) as node:
        yield node, ami


@contextmanager
def phone(node: Node, name: str) -> Iterator[Baresip]:
    """A registered phone whose lamp is on the bus of its events."""
    folder = node.folder / name
    folder.mkdir()
    write_tone(folder / "said.wav", SAID, 120)
    account = f"<sip:{name}@127.0.0.1:{node.port}>;auth_pass=secret;regint=600;mwi=yes"
    with Baresip(folder, account, settings=[LAMP]) as started:
        started.wait_until_registered()
        yield started


def dial(caller: Baresip, node: Node, number: str) -> None:
    caller.command("dial", f"sip:{number}@127.0.0.1:{node.port}")
    caller.wait_for("CALL_ESTABLISHED", WITHIN)


def lamp(owner: Baresip, *, is_on: bool) -> None:
    """Wait until the phone's lamp is on, or off."""
    word = "yes" if is_on else "no"
    owner.wait_for_log(rf"(?i)Messages-Waiting: {word}[\s\S]*\Z", WITHIN)
    while True:
        told = owner.wait_for("MWI_NOTIFY", WITHIN)
        if f"messages-waiting: {word}" in str(told.get("param", "")).lower():
            return


@needs_baresip
def test_a_message_from_a_phone_to_a_phone(tmp_path: Path) -> None:
    with (
        mails() as server,
        house(tmp_path, server.port) as (node, ami),
        States(ami) as states,
        phone(node, "alice") as alice,
        phone(node, "bob") as bob,
    ):
        dial(bob, node, "100")
        states.wait_for("State: VOICEMAIL_RECORDING")
        pause(2.5)  # real audio takes real time
        bob.command("hangup")
        states.wait_for("State: VOICEMAIL_DELIVERED", "Mailbox: 100@default")
        lamp(alice, is_on=True)
        assert " 1\n" in node.ask("voicemail show users for default")

        mail = wait_for_mail(server)
        assert mail["To"] == "Alice Adams <alice@example.com>"
        (sound,) = [part for part in mail.walk() if part.get_filename() == "msg0000.wav"]
        content = sound.get_payload(decode=True)
        assert isinstance(content, bytes)
        (tmp_path / "mailed.wav").write_bytes(content)
        assert seconds_of(read_wav(tmp_path / "mailed.wav"), SAID) >= 1.5

        dial(alice, node, "*97")
        states.hears("vm-password")
        alice.key("1234#")
        states.wait_for("State: VOICEMAIL_LOGIN")
        states.wait_for("State: VOICEMAIL_MENU")
        alice.key("1")
        states.wait_for("State: PLAYBACK", "INBOX/msg0000\r\n")
        states.wait_for("State: VOICEMAIL_MENU")  # all of it was heard
        alice.key("7")
        states.wait_for("State: VOICEMAIL_DELETED")
        states.wait_for("State: VOICEMAIL_MENU")
        alice.key("0")
        states.hears("vm-options")
        alice.key("5")
        states.hears("vm-newpassword")
        alice.key("77#")
        states.hears("vm-reenterpassword")
        alice.key("77#")
        states.wait_for("State: VOICEMAIL_PASSWORD_CHANGED")
        alice.command("hangup")
        lamp(alice, is_on=False)
        node.wait_until_idle(within=WITHIN)
        assert seconds_of(read_wav(alice.heard), SAID) >= 1.5
        assert "100 => 77,Alice Adams" in (tmp_path / "voicemail.conf").read_text()
        assert not list((tmp_path / "spool" / "voicemail").rglob("msg*"))


@needs_baresip
def test_somebody_is_found_by_the_keys_of_the_name(tmp_path: Path) -> None:
    with house(tmp_path, 1) as (node, ami), States(ami) as states, phone(node, "alice") as alice:
        dial(alice, node, "411")
        states.hears("dir-welcome")
        alice.key("276")
        states.wait_for("State: VOICEMAIL_MENU", "dir-instr")
        alice.key("1")
        states.wait_for("Event: UserEvent", "Who: bob")


def test_killed_while_somebody_speaks(tmp_path: Path) -> None:
    """Nothing half done is seen: not by the owner, and after the next start not on the disk."""
    with house(tmp_path, 1) as (node, ami):
        spool = tmp_path / "spool" / "voicemail" / "default" / "100"
        with States(ami) as states:
            node.ask("channel originate Local/100@phones extension s@talker")
            states.wait_for("State: VOICEMAIL_RECORDING")
            pause(0.5)
            node.kill()
        assert list(spool.glob("tmp/*.wav"))
        assert not list(spool.rglob("msg*.txt"))
        node.start()
        assert not [path for path in spool.rglob("*") if path.is_file()]
        assert "INBOX" not in node.ask("voicemail show mailbox 100 default")


def test_e_mail_outlives_the_server_and_the_process(tmp_path: Path) -> None:
    """The mail server is down when a message comes; the node is killed; both come back."""
    port = free_port()
    with house(tmp_path, port) as (node, ami):
        with States(ami) as states:
            node.ask("channel originate Local/100@phones extension s@talker")
            states.wait_for("State: VOICEMAIL_RECORDING")
            pause(0.5)
            node.ask("channel request hangup all")
            states.wait_for("State: VOICEMAIL_DELIVERED")
        node.wait_for_log("e-mail to alice@example.com was not sent", within=WITHIN)
        node.kill()
        with mails() as server:
            conf = tmp_path / "voicemail.conf"
            conf.write_text(conf.read_text().replace(f":{port}", f":{server.port}"))
            node.start()
            assert wait_for_mail(server)["To"] == "Alice Adams <alice@example.com>"
        assert len(server.got) == 1


def pause(seconds: float) -> None:
    """Let real audio pass."""
    threading.Event().wait(seconds)
