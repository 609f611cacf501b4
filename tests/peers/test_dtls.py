"""DTLS-SRTP and ICE with a real baresip, through a whole server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from switchroom.tools.phone.outcome import ExitCode
from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.hearing import wait_until_heard
from tests.peers.node import PJSIP_CONF, Node
from tests.peers.pins import EXTENSIONS_CONF, pin_node
from tests.support.certificates import Authority
from tests.support.tones import read_wav, seconds_of, write_tone
from tests.tools.phone.program import PhoneProgram

pytestmark = [pytest.mark.peer, needs_baresip]

ENDPOINT = """
[{name}](phone)
auth = bob
aors = {name}
{options}
[{name}]
type = aor
max_contacts = 1
"""
AUTH = """
[bob]
type = auth
auth_type = userpass
username = bob
password = builder
"""
#: By the endpoint's name: its options, and what baresip is told to match them.
KINDS = {
    "dtls": ("media_encryption = dtls", "mediaenc=dtls_srtp"),
    "active": ("media_encryption = dtls\ndtls_setup = active\nrtcp_mux = yes",
               "mediaenc=dtls_srtp;rtcp_mux=yes"),
    "passive": ("media_encryption = dtls\ndtls_setup = passive\nrtcp_mux = yes",
                "mediaenc=dtls_srtp;rtcp_mux=yes"),
    "file": ("media_encryption = dtls\ndtls_cert_file = {{folder}}/server.pem",
             "mediaenc=dtls_srtp"),
    "hidden": ("media_encryption = dtls\nice_support = yes\nrtcp_mux = yes\ndtls_setup = actpass",
               "mediaenc=dtls_srtp;rtcp_mux=yes;medianat=ice"),
    "checked": ("ice_support = yes", "medianat=ice"),
    "muxed": ("ice_support = yes\nrtcp_mux = yes", "medianat=ice;rtcp_mux=yes"),
    "keyed": ("media_encryption = sdes\nice_support = yes", "medianat=ice;mediaenc=srtp-mand"),
    "wide": ("webrtc = yes", "mediaenc=dtls_srtp;rtcp_mux=yes;medianat=ice"),
}  # fmt: skip
DIAL = "exten => _700.,1,Dial(PJSIP/${EXTEN:3},20)\n"
#: What baresip prints of bits a second that it sends and gets.
HEARS = r"audio=\d+/[3-9]\d{4} "


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("node")
    Authority(folder).issue("pbx.example.com")
    endpoints = "".join(
        ENDPOINT.format(name=name, options=options.replace("{{folder}}", str(folder)))
        for name, (options, _) in KINDS.items()
    )
    files = {
        "pjsip.conf": PJSIP_CONF + AUTH + endpoints,
        "extensions.conf": EXTENSIONS_CONF + DIAL,
    }
    with pin_node(folder, **files) as running:
        yield running


@contextmanager
def phone(node: Node, folder: Path, kind: str, more: str = "") -> Iterator[Baresip]:
    folder.mkdir()
    write_tone(folder / "said.wav", 1000, 60)
    account = f"<sip:{kind}@127.0.0.1:{node.port}>;auth_user=bob;auth_pass=builder;regint=60"
    with Baresip(folder, f"{account};{KINDS[kind][1]}{more}") as running:
        running.wait_until_registered()
        yield running


@pytest.mark.parametrize("kind", KINDS)
def test_baresip_hears_its_echo(node: Node, tmp_path: Path, kind: str) -> None:
    with phone(node, tmp_path / "bob", kind) as bob:
        bob.command("dial", f"sip:600@127.0.0.1:{node.port}")
        bob.wait_for("CALL_ESTABLISHED")
        node.wait_for_application("Echo")
        wait_until_heard(bob, 1000)
        bob.command("hangup")
        bob.wait_for("CALL_CLOSED")
    node.wait_until_idle()


@pytest.mark.parametrize("kind", KINDS)
def test_baresip_is_called_and_both_hear_each_other(node: Node, tmp_path: Path, kind: str) -> None:
    sound, heard = tmp_path / "sound.wav", tmp_path / "heard.wav"
    write_tone(sound, 850, 1.5)
    with phone(node, tmp_path / "bob", kind, ";answermode=auto") as bob:
        options = [
            "--config", str(node.folder), "--endpoint", "alice", "--dial", f"700{kind}",
            "--record", str(heard), "--say", f"wait:1.5 play:{sound} wait:0.5 hangup",
        ]  # fmt: skip
        with PhoneProgram(tmp_path, *options) as caller:
            assert caller.finish() == ExitCode.DONE, caller.text() + node.log()
        bob.wait_for("CALL_CLOSED")
        assert seconds_of(read_wav(bob.heard), 850) >= 1.0, node.log()
        assert seconds_of(read_wav(heard), 1000) >= 1.0, node.log()
    node.wait_until_idle()


@pytest.mark.parametrize("kind", ["dtls", "hidden", "keyed"])
def test_hold_and_resume_go_on_with_the_same_keys(node: Node, tmp_path: Path, kind: str) -> None:
    with phone(node, tmp_path / "bob", kind) as bob:
        bob.command("dial", f"sip:600@127.0.0.1:{node.port}")
        bob.wait_for("CALL_ESTABLISHED")
        node.wait_for_application("Echo")
        bob.wait_for_log(HEARS)
        bob.command("hold")
        bob.wait_for_log("call: hold ")
        bob.wait_for_log(r"(?s)call: hold .*audio=\d+/0 ")
        bob.command("resume")
        # What it opens is counted: its file of what it heard ends with the first hold.
        bob.wait_for_log(f"(?s)call: resume .*{HEARS}")
        bob.command("hangup")
        bob.wait_for("CALL_CLOSED")
    node.wait_until_idle()


def test_who_does_not_shake_hands_is_refused(node: Node, tmp_path: Path) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    write_tone(folder / "said.wav", 1000, 60)
    account = f"<sip:dtls@127.0.0.1:{node.port}>;auth_user=bob;auth_pass=builder;regint=60"
    with Baresip(folder, account) as bob:
        bob.wait_until_registered()
        bob.command("dial", f"sip:600@127.0.0.1:{node.port}")
        assert "488" in bob.wait_for("CALL_CLOSED")["param"]
    node.wait_until_idle()
