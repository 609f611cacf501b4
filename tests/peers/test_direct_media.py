"""Phones that hear each other without the node in between, and with it as soon as it is needed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.hearing import heard_in, wait_until_heard
from tests.peers.linphone import Linphone, needs_linphone
from tests.peers.office import MUSIC, PJSIP_CONF, TONES, office
from tests.peers.program import WITHIN
from tests.peers.trio import LOUD, WINDOW, Phone, Trio, levels, one_test, trio_at

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
        trio_at(node) as trio,
    ):  # fmt: skip
        yield trio


@pytest.fixture
def trio(started: Trio) -> Iterator[Trio]:
    with one_test(started) as trio:
        yield trio


def wait_until_direct(trio: Trio, name: str, *, is_direct: bool = True) -> None:
    """Until audio goes past the node, or does not any more: it counts what comes to it."""
    counts: list[str] = []
    deadline = time.monotonic() + WITHIN
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
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
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
    wait_until_heard(trio.bob, MUSIC)
    trio.alice.command("resume")
    wait_until_direct(trio, "alice")
    trio.wait_until_each_hears(bob={"alice"})


def test_a_transfer(trio: Trio) -> None:
    trio.talk()
    wait_until_direct(trio, "bob")
    trio.bob.transfer("300")
    trio.carol.answer()
    wait_until_direct(trio, "carol")
    trio.wait_until_each_hears(alice={"carol"}, carol={"alice"})


def test_who_listens_in_gets_the_audio_back(trio: Trio) -> None:
    trio.talk()
    wait_until_direct(trio, "bob")
    trio.carol.dial("830")
    trio.carol.wait_for("CALL_ESTABLISHED")
    wait_until_direct(trio, "bob", is_direct=False)
    trio.wait_until_each_hears(carol={"alice", "bob"}, bob={"alice"}, alice={"bob"})


@needs_linphone
def test_phones_of_two_makers(trio: Trio, tmp_path: Path) -> None:
    folder = tmp_path / "linphone"
    with Linphone(folder, "carol", trio.node.port, hertz=TONES["carol"], codecs=["PCMU"]) as phone:
        phone.wait_until_registered()
        phone.call("200")
        trio.bob.answer()
        wait_until_direct(trio, "bob")
        wait_until_heard(phone, TONES["bob"], 1.0)
        wait_until_heard(trio.bob, TONES["carol"], 1.0)
        phone.command("terminate")
        trio.bob.wait_for("CALL_CLOSED")
