"""Protected audio with a real baresip and with our own phone, through a whole server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from switchroom.tools.phone.outcome import ExitCode
from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.hearing import wait_until_heard
from tests.peers.node import PJSIP_CONF, Node
from tests.peers.pins import EXTENSIONS_CONF, pin_node
from tests.peers.test_tls import TLS
from tests.support.certificates import Authority
from tests.support.ports import free_port
from tests.support.tones import read_wav, seconds_of, write_tone
from tests.tools.phone.program import PhoneProgram

pytestmark = pytest.mark.peer

BOB = """
[bob](phone)
auth = bob
aors = bob
media_encryption = sdes
[bob]
type = auth
auth_type = userpass
username = bob
password = builder
[bob]
type = aor
max_contacts = 1

[carol](phone)
auth = bob
aors = carol
media_encryption = sdes
media_encryption_optimistic = yes
[carol]
type = aor
max_contacts = 1
"""
DIAL = "exten => 700,1,Dial(PJSIP/bob,20)\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, int]]:
    folder = tmp_path_factory.mktemp("node")
    Authority(folder).issue("127.0.0.1")
    port = free_port()
    files = {
        "pjsip.conf": PJSIP_CONF + TLS.format(tls=port) + BOB,
        "extensions.conf": EXTENSIONS_CONF + DIAL,
    }
    with pin_node(folder, **files) as node:
        yield node, port


@contextmanager
def bob(port: int, folder: Path, mode: str, more: str = "") -> Iterator[Baresip]:
    folder.mkdir()
    write_tone(folder / "said.wav", 1000, 60)
    account = f"<sip:bob@127.0.0.1:{port};transport=tls>;auth_pass=builder;regint=60"
    with Baresip(folder, f"{account};mediaenc={mode}{more}") as phone:
        phone.wait_until_registered()
        yield phone


@needs_baresip
@pytest.mark.parametrize("mode", ["srtp-mand", "srtp"])
def test_baresip_hears_its_protected_echo(
    served: tuple[Node, int], tmp_path: Path, mode: str
) -> None:
    node, port = served
    with bob(port, tmp_path / "bob", mode) as phone:
        phone.command("dial", f"sip:600@127.0.0.1:{port};transport=tls")
        phone.wait_for("CALL_ESTABLISHED")
        node.wait_for_application("Echo")
        wait_until_heard(phone, 1000)
        phone.command("hangup")
        phone.wait_for("CALL_CLOSED")
    node.wait_until_idle()


@needs_baresip
def test_a_plain_leg_and_a_protected_one_hear_each_other(
    served: tuple[Node, int], tmp_path: Path
) -> None:
    node, port = served
    sound, heard = tmp_path / "sound.wav", tmp_path / "heard.wav"
    write_tone(sound, 850, 1.5)
    with bob(port, tmp_path / "bob", "srtp-mand", ";answermode=auto") as phone:
        options = [
            "--config", str(node.folder), "--endpoint", "alice", "--dial", "700",
            "--record", str(heard), "--say", f"play:{sound} wait:0.5 hangup",
        ]  # fmt: skip
        with PhoneProgram(tmp_path, *options) as caller:
            assert caller.finish() == ExitCode.DONE, caller.text()
        phone.wait_for("CALL_CLOSED")
        assert seconds_of(read_wav(phone.heard), 850) >= 1.0
        assert seconds_of(read_wav(heard), 1000) >= 1.0
    node.wait_until_idle()


@needs_baresip
def test_who_offers_no_keys_is_refused(served: tuple[Node, int], tmp_path: Path) -> None:
    node, port = served
    folder = tmp_path / "plain"
    folder.mkdir()
    write_tone(folder / "said.wav", 1000, 60)
    account = f"<sip:bob@127.0.0.1:{port};transport=tls>;auth_pass=builder;regint=60"
    with Baresip(folder, account) as phone:
        phone.wait_until_registered()
        phone.command("dial", f"sip:600@127.0.0.1:{port};transport=tls")
        assert "488" in phone.wait_for("CALL_CLOSED")["param"]
    node.wait_until_idle()


@pytest.mark.parametrize(
    ("endpoint", "options", "code"),
    [
        ("bob", ["--srtp"], ExitCode.DONE),
        ("carol", ["--srtp"], ExitCode.DONE),
        ("carol", [], ExitCode.DONE),
        ("bob", [], ExitCode.NOT_ANSWERED),
        ("alice", ["--srtp"], ExitCode.NOT_ANSWERED),
    ],
)
def test_our_phone(
    served: tuple[Node, int], tmp_path: Path, endpoint: str, options: list[str], code: ExitCode
) -> None:
    node, _ = served
    sound, heard = tmp_path / "sound.wav", tmp_path / "heard.wav"
    write_tone(sound, 850, 1.0)
    script = f"play:{sound} wait:0.3 hold resume play:{sound} wait:0.5 hangup"
    command = [
        "--config", str(node.folder), "--endpoint", endpoint, "--tls", "--insecure",
        "--dial", "600", "--record", str(heard), "--say", script, *options,
    ]  # fmt: skip
    with PhoneProgram(tmp_path, *command) as phone:
        assert phone.finish() == code, phone.text()
    if code is ExitCode.DONE:
        assert seconds_of(read_wav(heard), 850) >= 1.6, "before and after the hold"
    node.wait_until_idle()
