"""Phones that hear each other without the node in between, and with it as soon as it is needed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

import numpy as np
import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.linphone import Linphone, needs_linphone
from tests.peers.office import MUSIC, PJSIP_CONF, TONES, heard_in, office, seconds_heard
from tests.peers.test_features import LOUD, WINDOW, Phone, Trio, hears_whom, levels

pytestmark = [pytest.mark.peer, needs_baresip]

EXTENSIONS = """\
[phones]
exten => 200,1,Dial(PJSIP/bob,20)
exten => 300,1,Dial(PJSIP/carol,20)
exten => 830,1,ChanSpy(PJSIP/bob,q)
"""
DIRECT = PJSIP_CONF.replace("rtp_symmetric = yes\n", "rtp_symmetric = yes\ndirect_media = yes\n")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    folder = tmp_path_factory.mktemp("office")
    with (
        office(folder, EXTENSIONS, pjsip_conf=DIRECT) as node,
        Phone(node, "alice") as alice, Phone(node, "bob") as bob, Phone(node, "carol") as carol,
    ):  # fmt: skip
        trio = Trio(node, alice, bob, carol)
        for phone in trio.all:
            phone.wait_until_registered()
        yield trio


@pytest.fixture
def trio(started: Trio) -> Iterator[Trio]:
    yield started
    started.end()
    assert "Traceback" not in started.node.log()


def wait_until_direct(trio: Trio, name: str, *, is_direct: bool = True) -> None:
    """Until audio goes past the node, or does not any more: it counts what comes to it."""
    counts: list[str] = []
    deadline = time.monotonic() + 15
    shown = ""
    while time.monotonic() < deadline:
        shown = trio.node.ask("pjsip show channelstats")
        counts.append(next((line for line in shown.splitlines() if name in line), ""))
        if len(counts) > 3 and (counts[-1] == counts[-4]) is is_direct:
            return
        time.sleep(0.1)  # packets come in real time
    raise AssertionError(f"audio of {name} stays where it is:\n{shown}")


def longest_hole(phone: Phone, hertz: float) -> float:
    """Seconds without a tone, between its first sound and its last one."""
    there = np.flatnonzero(levels(heard_in(phone.heard), hertz) > 0.2 * LOUD)
    return float(np.diff(there).max() - 1) * WINDOW


def test_phones_hear_each_other_while_the_node_stands_still(trio: Trio) -> None:
    trio.talk()
    wait_until_direct(trio, "bob")
    os.kill(trio.node.pid, signal.SIGSTOP)
    try:
        trio.let_talk(1.5)
    finally:
        os.kill(trio.node.pid, signal.SIGCONT)
    trio.end()
    assert longest_hole(trio.alice, TONES["bob"]) <= 0.3
    assert longest_hole(trio.bob, TONES["alice"]) <= 0.3


def test_music_on_hold_and_back(trio: Trio) -> None:
    trio.talk()
    wait_until_direct(trio, "bob")
    trio.alice.command("hold")
    trio.let_talk(2.0)
    trio.alice.command("resume")
    wait_until_direct(trio, "alice")
    trio.let_talk(1.0)
    trio.end()
    assert trio.bob.hears(MUSIC) >= 0.9
    assert hears_whom(trio.bob) == {"alice"}


def test_a_transfer(trio: Trio) -> None:
    trio.talk()
    wait_until_direct(trio, "bob")
    trio.bob.transfer("300")
    trio.carol.answer()
    wait_until_direct(trio, "carol")
    trio.let_talk(1.0)
    trio.end()
    assert hears_whom(trio.carol) == {"alice"}
    assert hears_whom(trio.alice) == {"carol"}


def test_who_listens_in_gets_the_audio_back(trio: Trio) -> None:
    trio.talk()
    wait_until_direct(trio, "bob")
    trio.carol.dial("830")
    trio.carol.wait_for("CALL_ESTABLISHED")
    wait_until_direct(trio, "bob", is_direct=False)
    trio.let_talk(1.5)
    trio.end()
    assert hears_whom(trio.carol) == {"alice", "bob"}
    assert hears_whom(trio.bob) == {"alice"}
    assert hears_whom(trio.alice) == {"bob"}


@needs_linphone
def test_phones_of_two_makers(trio: Trio) -> None:
    folder = trio.node.folder / "linphone"
    with Linphone(folder, "carol", trio.node.port, hertz=TONES["carol"], codecs=["PCMU"]) as phone:
        phone.wait_until_registered()
        phone.call("200")
        trio.bob.answer()
        wait_until_direct(trio, "bob")
        trio.let_talk(1.5)
        phone.command("terminate")
        trio.bob.wait_for("CALL_CLOSED")
        assert seconds_heard(phone.heard, TONES["bob"]) >= 1.0
    assert trio.bob.hears(TONES["carol"]) >= 1.0
