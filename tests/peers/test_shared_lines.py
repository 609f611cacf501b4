"""A line that real phones share: who answers, who is on hold, who joins, and what the lamp shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.hearing import wait_until_heard
from tests.peers.office import MUSIC, office
from tests.peers.program import wait_until
from tests.peers.trio import Trio, one_test, trio_at

pytestmark = [pytest.mark.peer, needs_baresip]

#: Alice calls the line from outside; Carol's phone watches the lamp of the line at Bob's.
EXTENSIONS = """\
[phones]
exten => 200,hint,SLA:bob_line1
exten => 500,1,Goto(incoming,s,1)
[out]
exten => s,1,Dial(PJSIP/alice,60)
"""
WATCHES = re.compile(r"^carol +presence +phones/200 ", re.MULTILINE)
SLA = """\
[line1]
type = trunk
device = Local/s@out/n
autocontext = incoming
[station](!)
type = station
autocontext = phones
trunk = line1
[bob](station)
device = PJSIP/bob
[carol](station)
device = PJSIP/carol
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    folder = tmp_path_factory.mktemp("office")
    with office(folder, EXTENSIONS, sla_conf=SLA) as node, trio_at(node) as trio:
        yield trio


@pytest.fixture
def trio(started: Trio) -> Iterator[Trio]:
    with one_test(started) as trio:
        yield trio
        trio.end()
        assert "Channel:       (none)" in trio.node.ask("sla show trunks")


def lamp(*states: str) -> str:
    """Lines of the phone, one after the other, with its colours."""
    lines = (rf"<sip:200@\S+ changed status from \S+ to \S*{state}" for state in states)
    return "(?s:.*)".join(lines)


def test_a_call_comes_in_is_held_and_taken_up_again(trio: Trio) -> None:
    alice, bob, carol = trio.all
    wait_until(
        lambda: bool(WATCHES.search(trio.node.ask("pjsip show subscriptions inbound"))),
        lambda: f"Carol's phone watches no lamp:\n{carol.log()}",
        within=60.0,
    )
    alice.dial("500")
    carol.wait_for("CALL_INCOMING")
    bob.answer()
    carol.wait_for("CALL_CLOSED")
    carol.wait_for_log(lamp("Busy"))
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    bob.command("hold")
    bob.wait_for("CALL_CLOSED")
    wait_until_heard(alice, MUSIC)
    assert "ONHOLD" in trio.node.ask("sla show trunks")
    bob.forget()
    bob.forget_heard()
    bob.dial("bob_line1")
    bob.wait_for("CALL_ESTABLISHED")
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    carol.forget()
    carol.dial("carol_line1")
    carol.wait_for("CALL_ESTABLISHED")
    trio.wait_until_each_hears(
        alice={"bob", "carol"}, bob={"alice", "carol"}, carol={"alice", "bob"}
    )
    alice.command("hangup")
    carol.wait_for("CALL_CLOSED")
    carol.wait_for_log(lamp("Busy", "Online"))


def test_a_call_goes_out(trio: Trio) -> None:
    trio.bob.dial("bob")
    trio.alice.answer()
    trio.bob.wait_for("CALL_ESTABLISHED")
    trio.wait_until_each_hears(alice={"bob"}, bob={"alice"})
    trio.bob.command("hangup")
    trio.alice.wait_for("CALL_CLOSED")
