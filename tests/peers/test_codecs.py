"""A real baresip speaks each codec with the node: it hears itself, a prompt, and another phone."""

from __future__ import annotations

import wave
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from switchroom.media.codecs.samples import resample
from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.hearing import seconds_heard, wait_until_heard
from tests.peers.node import PJSIP_CONF, Node
from tests.support.tones import tone, write_tone

pytestmark = [pytest.mark.peer, needs_baresip]

#: What the phone calls a codec, and what our configuration does.
CODECS = {
    "G722/16000/1": "g722",
    "GSM/8000/1": "gsm",
    "opus/48000/2": "opus",
    "L16/16000/1": "slin16",
    "PCMA/8000/1": "alaw",
}

EXTENSIONS_CONF = """\
[phones]
exten => 600,1,Answer()
 same => n,Echo()
exten => 601,1,Answer()
 same => n,Playback(tone)
 same => n,Hangup()
"""


def _write_wav(path: Path, samples: bytes, rate: int, channels: int) -> None:
    """From 8,000 Hz to what the phone takes for its codec."""
    wide = array("h", resample(samples, 8000, rate))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(array("h", (s for s in wide for _ in range(channels))).tobytes())


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("node")
    write_tone(folder / "data" / "sounds" / "tone.wav", 700, 1.5)
    allowed = ",".join(CODECS.values())
    files = {
        "pjsip.conf": PJSIP_CONF.replace("allow = ulaw,alaw", f"allow = {allowed}"),
        "extensions.conf": EXTENSIONS_CONF,
    }
    with Node(folder, files) as running:
        yield running


@pytest.mark.parametrize("codec", CODECS)
def test_a_phone_hears_itself_and_a_prompt(node: Node, tmp_path: Path, codec: str) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    _, rate, channels = codec.split("/")
    _write_wav(folder / "said.wav", tone(1000, 8), int(rate), int(channels))
    account = (
        f"<sip:alice@127.0.0.1:{node.port};transport=udp>;auth_pass=wonderland;regint=60"
        f";audio_codecs={codec}"
    )
    with Baresip(folder, account) as phone:
        phone.wait_until_registered()
        phone.command("dial", f"sip:600@127.0.0.1:{node.port}")
        phone.wait_for("CALL_ESTABLISHED")
        node.wait_for_application("Echo")
        wait_until_heard(phone, 1000)
        phone.command("hangup")
        phone.wait_for("CALL_CLOSED")
        phone.command("dial", f"sip:601@127.0.0.1:{node.port}")
        phone.wait_for("CALL_CLOSED")
        assert seconds_heard(phone.heard, 700) >= 1.2
    node.wait_until_idle()
