"""Video calls between real phones, and with one that has none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.peers.baresip import Baresip, needs_baresip
from tests.peers.hearing import seconds_heard, wait_until_heard
from tests.peers.node import Node
from tests.peers.office import MUSIC, PJSIP_CONF, TONES, office
from tests.support.tones import write_tone

pytestmark = [pytest.mark.peer, needs_baresip]

EXTENSIONS = """[phones]
exten => 200,1,Dial(PJSIP/bob,20)
exten => 300,1,Dial(PJSIP/carol,20)
exten => 600,1,ConfBridge(600)
"""
CONFBRIDGE = "[default_bridge]\ntype=bridge\nvideo_mode=follow_talker\n"
CAMERA = (
    "module fakevideo.so", "module vp8.so", "video_source fakevideo,nil",
    "video_display fakevideo,nil", "video_size 320x240", "video_bitrate 200000", "video_fps 10",
)  # fmt: skip
PICTURE = "video: receiving with resolution 320 x 240"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    pjsip = PJSIP_CONF.replace("g722,opus", "g722,opus,vp8")
    with office(
        tmp_path_factory.mktemp("office"), EXTENSIONS, pjsip_conf=pjsip, confbridge_conf=CONFBRIDGE
    ) as running:
        yield running


class Phones(ExitStack):
    """Those of a test."""

    def __init__(self, node: Node, folder: Path) -> None:
        super().__init__()
        self._node = node
        self._folder = folder

    def add(self, name: str, *, has_camera: bool = True) -> Baresip:
        """A registered one that says its user's tone, and answers."""
        folder = self._folder / name
        folder.mkdir()
        write_tone(folder / "said.wav", TONES[name], 60)
        video = ";video_codecs=vp8" if has_camera else ""
        account = (
            f"<sip:{name}@127.0.0.1:{self._node.port}>;auth_pass=secret;answermode=auto{video}"
        )
        settings = CAMERA if has_camera else ()
        phone = self.enter_context(Baresip(folder, account, settings=settings))
        phone.wait_until_registered()
        return phone

    def dial(self, phone: Baresip, number: str) -> None:
        """Call, and wait for the answer."""
        phone.command("dial", f"sip:{number}@127.0.0.1:{self._node.port}")
        phone.wait_for("CALL_ESTABLISHED")


@pytest.fixture
def phones(node: Node, tmp_path: Path) -> Iterator[Phones]:
    with Phones(node, tmp_path) as made:
        yield made
    node.wait_until_idle()
    assert "Traceback" not in node.log()


def test_two_see_and_hear_each_other_also_after_hold(phones: Phones) -> None:
    alice, bob = phones.add("alice"), phones.add("bob")
    phones.dial(alice, "200")
    alice.wait_for_log(PICTURE)
    bob.wait_for_log(PICTURE)
    wait_until_heard(alice, TONES["bob"])
    wait_until_heard(bob, TONES["alice"])
    alice.command("hold")
    wait_until_heard(bob, MUSIC)
    before = seconds_heard(bob.heard, TONES["alice"])
    alice.command("resume")
    wait_until_heard(bob, TONES["alice"], before + 0.7)
    alice.command("hangup")
    bob.wait_for("CALL_CLOSED")


@pytest.mark.parametrize(
    ("caller", "number", "called"), [("alice", "300", "carol"), ("carol", "200", "bob")]
)
def test_with_a_phone_that_has_no_camera(
    phones: Phones, caller: str, number: str, called: str
) -> None:
    one, two = (phones.add(name, has_camera=name != "carol") for name in (caller, called))
    phones.dial(one, number)
    wait_until_heard(one, TONES[called])
    wait_until_heard(two, TONES[caller])
    one.command("hangup")
    two.wait_for("CALL_CLOSED")
    assert PICTURE not in one.log() + two.log()


def test_two_in_a_conference_see_each_other(phones: Phones) -> None:
    alice, bob = phones.add("alice"), phones.add("bob")
    phones.dial(alice, "600")
    phones.dial(bob, "600")
    alice.wait_for_log(PICTURE, within=30.0)
    bob.wait_for_log(PICTURE, within=30.0)
    alice.command("hangup")
    bob.command("hangup")
