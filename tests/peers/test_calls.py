"""Calls between three phones, each with a tone of its own: who hears whom, and nobody else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.peers.node import Node
from tests.support.ports import free_port
from tests.support.tones import read_wav, seconds_of, write_tone

pytestmark = pytest.mark.peer

TONES = {"alice": 600, "bob": 1000, "carol": 1500}
NUMBERS = {"alice": 100, "bob": 200, "carol": 300}
#: Bob's phone speaks another codec: what passes it is transcoded.
CODECS = {"alice": "ulaw", "bob": "alaw", "carol": "ulaw"}

PJSIP = """\
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:{port}
""" + "".join(
    f"""\
[{name}]
type = endpoint
context = phones
disallow = all
allow = {CODECS[name]}
rtp_symmetric = yes
auth = {name}
aors = {name}
callerid = "{name.title()}" <{NUMBERS[name]}>
[{name}]
type = auth
username = {name}
password = secret
[{name}]
type = aor
max_contacts = 1
remove_existing = yes
"""
    for name in TONES
)
EXTENSIONS = """\
[phones]
exten => 200,1,Dial(PJSIP/bob,20,tk)
exten => 300,1,Dial(PJSIP/carol,20)
exten => 250,1,Dial(PJSIP/bob&Local/300@phones,20)
exten => 701,1,ParkedCall(,701)
"""
FEATURES = """\
[general]
transferannouncesound =
[featuremap]
blindxfer => #1
atxfer => #2
parkcall => #72
"""
PARKING = "[default]\nparkpos = 701-702\nparkingtime = 12\n"


class Phone:
    """One `switchroom phone`; its tone is a file for ``play:``."""

    def __init__(self, node: Node, name: str, *arguments: str, script: str = "") -> None:
        self.name = name
        folder = node.folder / f"{name}-{free_port()}"
        folder.mkdir()
        write_tone(folder / "long.wav", TONES[name], 6.0)
        write_tone(folder / "short.wav", TONES[name], 1.5)
        self._heard = folder / "heard.wav"
        said = script.replace("LONG", f"play:{folder}/long.wav")
        said = said.replace("SHORT", f"play:{folder}/short.wav")
        more = ["--say", said] if said else []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "switchroom", "phone",
             "--register", f"sip:{name}@127.0.0.1:{node.port}",
             "--record", str(self._heard), *arguments, *more],
            env={**os.environ, "SWITCHROOM_PHONE_PASSWORD": "secret", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.said: list[str] = []

    def wait_for(self, words: str) -> None:
        """Read its lines until one contains ``words``."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said.append(line)
            if words in line:
                return
        raise AssertionError(f"{self.name} never says {words!r}:\n{''.join(self.said)}")

    def end(self) -> int:
        """Wait until its call is over."""
        said, _ = self._process.communicate(timeout=40)
        self.said.append(said)
        return self._process.returncode

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        if self._process.stdout is not None and not self._process.stdout.closed:
            self._process.communicate()

    def hears(self, name: str) -> float:
        """For how many seconds it has heard somebody's tone."""
        return seconds_of(read_wav(self._heard), TONES[name])


class Phones:
    """Those of a test."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.all: list[Phone] = []

    def answering(self, name: str, script: str) -> Phone:
        phone = self._make(name, "--answer", script=script)
        phone.wait_for("waiting")
        return phone

    def calling(self, name: str, number: int, script: str) -> Phone:
        return self._make(name, "--dial", str(number), script=script)

    def _make(self, name: str, *arguments: str, script: str) -> Phone:
        self.all.append(Phone(self._node, name, *arguments, script=script))
        return self.all[-1]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    files = {
        "pjsip.conf": PJSIP, "extensions.conf": EXTENSIONS,
        "features.conf": FEATURES, "res_parking.conf": PARKING,
    }  # fmt: skip
    with Node(tmp_path_factory.mktemp("office"), files) as running:
        yield running


@pytest.fixture
def phones(node: Node) -> Iterator[Phones]:
    made = Phones(node)
    yield made
    for phone in made.all:
        phone.kill()
    node.wait_until_idle()


def test_two_talk_over_different_codecs(phones: Phones) -> None:
    bob = phones.answering("bob", "LONG expect-hangup")
    alice = phones.calling("alice", 200, "SHORT SHORT hangup")
    assert alice.end() == 0
    assert bob.end() in {0, 7}
    assert alice.hears("bob") >= 0.5
    assert bob.hears("alice") >= 0.5


def test_a_local_channel_in_between_changes_nothing(phones: Phones) -> None:
    carol = phones.answering("carol", "LONG expect-hangup")
    alice = phones.calling("alice", 250, "SHORT SHORT hangup")
    assert alice.end() == 0
    assert carol.end() in {0, 7}
    assert alice.hears("carol") >= 0.5
    assert carol.hears("alice") >= 0.5


@pytest.mark.parametrize("code", ["#1", "#2"])
def test_after_a_transfer_the_right_two_hear_each_other(phones: Phones, code: str) -> None:
    carol = phones.answering("carol", "LONG LONG expect-hangup")
    is_blind = code == "#1"
    asks = "expect-hangup" if is_blind else "talking SHORT hangup"
    bob = phones.answering("bob", f"SHORT {code} wait:1 300# {asks}")
    alice = phones.calling("alice", 200, "LONG LONG hangup")
    assert alice.end() == 0
    assert bob.end() in {0, 7}, bob.said
    assert carol.end() in {0, 7}
    assert alice.hears("bob") >= 0.5
    assert alice.hears("carol") >= 0.5
    assert carol.hears("alice") >= 0.5
    assert bob.hears("alice") >= 0.5
    if is_blind:
        assert carol.hears("bob") == bob.hears("carol") == 0
    else:
        assert carol.hears("bob") >= 0.5
        assert bob.hears("carol") >= 0.5


def test_a_parked_call_is_fetched_from_another_phone(phones: Phones) -> None:
    bob = phones.answering("bob", "SHORT #72 expect-hangup")
    alice = phones.calling("alice", 200, "LONG LONG LONG LONG LONG expect-hangup")
    assert bob.end() in {0, 7}, bob.said
    carol = phones.calling("carol", 701, "SHORT SHORT hangup")
    assert carol.end() == 0
    assert alice.end() in {0, 7}
    assert alice.hears("carol") >= 0.5
    assert carol.hears("alice") >= 0.5
    assert carol.hears("bob") == bob.hears("carol") == 0


def test_who_parked_a_call_that_nobody_fetches_is_called(phones: Phones) -> None:
    bob = phones.answering("bob", "SHORT #72 expect-hangup")
    alice = phones.calling("alice", 200, "LONG LONG LONG LONG LONG hangup")
    assert bob.end() in {0, 7}, bob.said
    again = phones.answering("bob", "SHORT SHORT hangup")
    assert again.end() == 0
    assert alice.end() in {0, 7}
    assert again.hears("alice") >= 0.5
