"""The example of docs/agents.md with real phones: a desk by PIN, a queue, a supervisor, the time after."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.office import TONES, office
from tests.peers.program import wait_until
from tests.peers.trio import Phone, Trio, one_test, trio_at
from tests.support.examples import configurations

pytestmark = [pytest.mark.peer, needs_baresip]

PAGE = Path(__file__).parents[2] / "docs" / "agents.md"


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    folder = tmp_path_factory.mktemp("office")
    files = configurations(PAGE.read_text())
    extensions = files.pop("extensions.conf")
    with (
        office(folder, extensions, **files) as node,
        trio_at(node) as trio,
    ):  # fmt: skip
        yield trio


@pytest.fixture
def trio(started: Trio) -> Iterator[Trio]:
    with one_test(started) as trio:
        yield trio
    if is_shown(trio, "Agent 1001"):
        leave(trio, trio.bob)
    for path in (trio.node.folder / "spool" / "monitor").glob("auto-*"):
        path.unlink()


def is_shown(trio: Trio, text: str) -> bool:
    return text in trio.node.ask("queue show sales")


def tells(trio: Trio, phone: Phone, number: str, agent: str, pin: str) -> None:
    """Dial a number that asks for an agent and a PIN."""
    phone.dial(number)
    trio.node.wait_for_application("Read", "agent,")
    phone.key(agent)
    trio.node.wait_for_application("Read", "pin,")
    phone.key(pin)
    trio.node.wait_until_idle()


def leave(trio: Trio, phone: Phone) -> None:
    """Go from the desk."""
    phone.dial("*78")
    wait_until(lambda: not is_shown(trio, "Agent 1001"), lambda: "somebody is at the desk")
    trio.node.wait_until_idle()


def test_a_person_comes_to_a_desk_and_takes_calls(trio: Trio) -> None:
    node, bob, carol = trio.node, trio.bob, trio.carol
    tells(trio, bob, "*88", "1001", "4711")
    tells(trio, bob, "*77", "1001", "4712")
    assert "Agent 1001" not in node.ask("queue show sales"), "the PIN was wrong"
    tells(trio, carol, "*77", "1001", "4711")
    assert "Agent 1001 (PJSIP/carol)" in node.ask("queue show sales")
    tells(trio, bob, "*77", "1001", "4711")
    shown = node.ask("queue show sales")
    assert "Agent 1001 (PJSIP/bob)" in shown
    assert "PJSIP/carol" not in shown, "a person sits at one desk"
    trio.end()
    trio.forget_heard()

    # a call, and a supervisor who listens, whispers and joins in
    trio.talk("500")
    carol.dial("*551001")
    carol.wait_for("CALL_ESTABLISHED")
    node.wait_for_application("ChanSpy")
    trio.wait_until_each_hears(carol={"alice", "bob"}, alice={"bob"}, bob={"alice"})
    carol.key("5")
    trio.wait_until_each_hears(bob={"alice", "carol"}, alice={"bob"})
    trio.alice.command("hangup")
    node.wait_for_application("Read", "outcome,")
    assert "(paused:acw was " in node.ask("queue show sales")
    bob.key("3")
    wait_until(lambda: "paused" not in node.ask("queue show sales"), trio.node.log)
    trio.end()
    assert trio.alice.hears_among_others(TONES["carol"]) == 0, "nobody whispers to the caller"
    log = [line.split("|") for line in (node.folder / "log" / "queue_log").read_text().splitlines()]
    (outcome,) = [line for line in log if line[4] == "OUTCOME"]
    (joined,) = [line for line in log if line[4] == "ENTERQUEUE"]
    assert outcome[1:4] == [joined[1], "sales", "Agent 1001"]
    assert outcome[5] == "3"


def test_reasons_for_not_being_ready(trio: Trio) -> None:
    node, bob = trio.node, trio.bob
    tells(trio, bob, "*88", "1001", "4711")
    tells(trio, bob, "*77", "1001", "4711")
    for number, reason in (("*41", "lunch"), ("*42", "training")):
        bob.dial(number)
        paused = f"(paused:{reason} was "
        wait_until(partial(is_shown, trio, paused), node.log)
        node.wait_until_idle()
    bob.dial("*40")
    wait_until(lambda: not is_shown(trio, "paused"), trio.node.log)
    node.wait_until_idle()
    leave(trio, bob)


def test_an_agent_stays_on_the_line(trio: Trio) -> None:
    node, alice, bob, carol = trio.node, trio.alice, trio.bob, trio.carol
    tells(trio, bob, "*88", "1002", "4711")
    bob.forget()
    trio.forget_heard()
    bob.dial("*761002")
    node.wait_for_application("Authenticate")
    bob.key("4711")
    node.wait_for_application("AgentLogin")
    wait_until(lambda: "Available" in node.ask("agent show online"), node.log)
    for caller in (alice, carol):
        caller.dial("510")
        wait_until(lambda: "Alerted" in node.ask("agent show online"), node.log)
        bob.key("#")
        wait_until(lambda: "On call" in node.ask("agent show online"), node.log)
        trio.wait_until_each_hears(**{caller.name: {"bob"}, "bob": {caller.name}})
        caller.command("hangup")
        wait_until(lambda: "Wrapping up" in node.ask("agent show online"), node.log)
    bob.command("hangup")
    wait_until(lambda: "Logged in: 0" in node.ask("agent show all"), node.log)
    trio.end()
    recordings = list((node.folder / "spool" / "monitor").glob("auto-*"))
    assert len(recordings) == 2, "recordagentcalls"
