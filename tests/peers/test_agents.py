"""The example of docs/agents.md with real phones: a desk by PIN, a queue, a supervisor, the time after."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.peers.baresip import needs_baresip
from tests.peers.office import TONES, office
from tests.peers.test_features import Phone, Trio
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


def wait_until(is_so: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline, f"not within 30 s: {what}"
        time.sleep(0.02)  # another process runs in real time


def is_shown(trio: Trio, text: str) -> bool:
    return text in trio.node.ask("queue show sales")


def tells(trio: Trio, phone: Phone, number: str, agent: str, pin: str) -> None:
    """Dial a number that asks for an agent and a PIN."""
    phone.dial(number)
    trio.node.wait_for_application("Read", "agent,")
    phone.key(agent)
    trio.node.wait_for_application("Read", "pin,")
    phone.key(pin)
    trio.node.wait_until_idle(within=30)


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

    # a call, and a supervisor who listens, whispers and joins in
    trio.talk("500")
    carol.dial("*551001")
    carol.wait_for("CALL_ESTABLISHED")
    node.wait_for_application("ChanSpy")
    trio.let_talk(1.5)
    carol.key("5")
    trio.let_talk(1.5)
    trio.alice.command("hangup")
    node.wait_for_application("Read", "outcome,", within=30)
    assert "(paused:acw was " in node.ask("queue show sales")
    bob.key("3")
    wait_until(lambda: "paused" not in node.ask("queue show sales"), "ready again")
    trio.end()
    assert bob.hears_among_others(TONES["alice"]) >= 1.0
    assert bob.hears_among_others(TONES["carol"]) >= 0.5, "the whisper"
    assert trio.alice.hears_among_others(TONES["bob"]) >= 1.0
    assert trio.alice.hears_among_others(TONES["carol"]) == 0, "nobody whispers to the caller"
    assert carol.hears_among_others(TONES["alice"]) >= 1.0
    assert carol.hears_among_others(TONES["bob"]) >= 1.0
    log = [line.split("|") for line in (node.folder / "log" / "queue_log").read_text().splitlines()]
    (outcome,) = [line for line in log if line[4] == "OUTCOME"]
    (joined,) = [line for line in log if line[4] == "ENTERQUEUE"]
    assert outcome[1:4] == [joined[1], "sales", "Agent 1001"]
    assert outcome[5] == "3"


def test_reasons_for_not_being_ready(trio: Trio) -> None:
    node, bob = trio.node, trio.bob
    if "Agent 1001" not in node.ask("queue show sales"):
        tells(trio, bob, "*88", "1001", "4711")
        tells(trio, bob, "*77", "1001", "4711")
    for number, reason in (("*41", "lunch"), ("*42", "training")):
        bob.dial(number)
        paused = f"(paused:{reason} was "
        wait_until(partial(is_shown, trio, paused), f"{number} shows {reason}")
        node.wait_until_idle(within=30)
    bob.dial("*40")
    wait_until(lambda: not is_shown(trio, "paused"), "ready again")
    node.wait_until_idle(within=30)
    bob.dial("*78")
    wait_until(lambda: "Agent 1001" not in node.ask("queue show sales"), "nobody at the desk")


def test_an_agent_stays_on_the_line(trio: Trio) -> None:
    node, alice, bob, carol = trio.node, trio.alice, trio.bob, trio.carol
    tells(trio, bob, "*88", "1002", "4711")
    bob.forget()
    bob.dial("*761002")
    node.wait_for_application("Authenticate")
    bob.key("4711")
    node.wait_for_application("AgentLogin", within=30)
    wait_until(lambda: "Available" in node.ask("agent show online"), "logged in")
    for caller in (alice, carol):
        caller.dial("510")
        wait_until(lambda: "Alerted" in node.ask("agent show online"), "a call is there")
        bob.key("#")
        wait_until(lambda: "On call" in node.ask("agent show online"), "it was taken")
        trio.let_talk(1.5)
        caller.command("hangup")
        wait_until(lambda: "Wrapping up" in node.ask("agent show online"), "the call is over")
    bob.command("hangup")
    wait_until(lambda: "Logged in: 0" in node.ask("agent show all"), "logged off")
    trio.end()
    for caller in (alice, carol):
        assert caller.hears_among_others(TONES["bob"]) >= 1.0
        assert bob.hears_among_others(TONES[caller.name]) >= 1.0
    recordings = list((node.folder / "spool" / "monitor").glob("auto-*"))
    assert len(recordings) == 2, "recordagentcalls"
