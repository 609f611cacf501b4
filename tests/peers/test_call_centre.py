"""examples/call-centre: an hour's traffic with real calls, held against an independent model.

A minute of the centre is a second here: talks of three minutes take three seconds, so that the 200
calls that twenty agents have in an hour come within one minute.
"""

from __future__ import annotations

import asyncio
import csv
import importlib.util
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest

from switchroom.config.language.reader import read_config
from tests.peers.centre_model import Model, QueueSpec
from tests.peers.node import Node
from tests.support.ports import free_port

pytestmark = [pytest.mark.peer, pytest.mark.slow, pytest.mark.timeout(400)]

EXAMPLE = Path(__file__).parents[2] / "examples" / "call-centre"
SECRET = "hundred-seats"
AGENTS = 20
CALLS = 200
RATE = 3.3  #: calls a second


def load_example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("call_centre_run", EXAMPLE / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Wallboard:
    """A client of the manager interface that keeps every event."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.events: list[dict[str, str]] = []
        self._answers: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        await self._reader.readline()
        self._reading = asyncio.ensure_future(self._read())  # noqa: TID251  # awaited at the end
        self.send(Action="Login", Username="wallboard", Secret=SECRET)
        assert (await self._answers.get())["Response"] == "Success"
        return self

    async def __aexit__(self, *exception: object) -> None:
        self._writer.close()
        await self._reading

    def send(self, **headers: str) -> None:
        text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self._writer.write(f"{text}\r\n".encode())

    async def _read(self) -> None:
        while text := (await self._message()):
            message = dict(line.partition(": ")[::2] for line in text.splitlines() if line)
            if "ActionID" in message or "Response" in message:
                await self._answers.put(message)
            else:
                self.events.append(message)

    async def _message(self) -> str:
        try:
            return (await self._reader.readuntil(b"\r\n\r\n")).decode()
        except (asyncio.IncompleteReadError, ConnectionError):
            return ""

    async def ask(self, action: str, complete: str) -> list[dict[str, str]]:
        self.send(Action=action, ActionID="1")
        found = []
        async with asyncio.timeout(30):
            while (message := await self._answers.get()).get("Event") != complete:
                found.append(message)
        return found


class Day:
    """What all sides say of one run."""

    def __init__(self, folder: Path, centre: Any, events: list[Any], status: list[Any]) -> None:
        self.centre, self.events, self.status = centre, events, status
        self.log = [
            line.split("|") for line in (folder / "log" / "queue_log").read_text().splitlines()
        ]
        with (folder / "log" / "cdr-csv" / "Master.csv").open() as file:
            self.records = [*csv.reader(file)]
        self.specs = specs_of(folder)

    def lines(self, *events: str) -> list[list[str]]:
        return [line for line in self.log if line[4] in events]

    @property
    def number_of(self) -> dict[str, str]:
        return {line[1]: line[6] for line in self.lines("ENTERQUEUE")}


def specs_of(folder: Path) -> dict[str, QueueSpec]:
    found = {}
    for section in read_config(folder / "queues.conf").sections:
        if section.name == "general" or section.is_template:
            continue
        members = [entry.value.split(",") for entry in section.entries if entry.name == "member"]
        found[section.name] = QueueSpec(
            section.get("strategy"),
            {interface: int(penalty) for interface, penalty, _ in members},
            float(section.get("wrapuptime")),
            float(section.get("retry")),
        )
    return found


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Everybody comes, calls and goes, once for all tests."""
    folder = tmp_path_factory.mktemp("centre")
    example = load_example()
    port, ami = free_port(), free_port()
    address = f"127.0.0.1:{port}"
    example.write_configuration(folder, address=address, ami=ami, secret=SECRET)
    texts = {path.name: path.read_text() for path in folder.glob("*.conf")}

    async def run() -> tuple[Any, list[Any], list[Any]]:
        chosen = example.argparse.Namespace(
            address=address, agents=AGENTS, calls=CALLS, rate=RATE, seed=1
        )
        async with Wallboard(ami) as wallboard:
            centre = await example.play(example.Centre, chosen, SECRET)
            # What happened before is told before.
            status = await wallboard.ask("QueueStatus", "QueueStatusComplete")
            return centre, wallboard.events, status

    with Node(folder, texts) as node:
        told = asyncio.run(run())
        node.wait_until_idle(within=30.0)
    return Day(folder, *told)


def test_no_agent_had_two_calls(day: Day) -> None:
    assert {
        name: counts.too_many for name, counts in day.centre.agents.items() if counts.too_many
    } == {}
    talking: dict[str, str] = {}
    for _, uid, _, agent, event, *_ in day.log:
        if event == "CONNECT":
            assert agent not in talking, f"{agent} takes {uid} during {talking[agent]}"
            talking[agent] = uid
        elif event.startswith("COMPLETE"):
            assert talking.pop(agent) == uid
    assert talking == {}
    assert len(day.lines("CONNECT")) > CALLS / 2


#: How a caller's time in the queues may end, by what the caller saw of it.
END_OF = {"answered": "COMPLETE", "gave up": "ABANDON", "refused": "EXITWITHTIMEOUT"}
#: What both sides may tell otherwise, where two hang up, answer or lose patience in one moment.
CROSSED = {
    ("gave up", "COMPLETE"),  # the agent answered as the caller hung up
    ("gave up", "EXITWITHTIMEOUT"),  # the caller hung up on the way out of the queue
    ("answered", "ABANDON"),  # the agent hung up as the caller was answered: it waited again
    ("answered", "EXITWITHTIMEOUT"),
}


def test_every_caller_is_accounted_for(day: Day) -> None:
    fates: dict[str, list[str]] = defaultdict(list)
    numbers = day.number_of
    for line in day.lines("ENTERQUEUE", "CONNECT", "ABANDON", "EXITWITHTIMEOUT", "COMPLETEAGENT", "COMPLETECALLER"):  # fmt: skip
        fates[numbers[line[1]]].append(line[4].removesuffix("AGENT").removesuffix("CALLER"))
    # Whatever the callers saw: each is in one queue, perhaps in the next, and leaves it once.
    queues = (["ENTERQUEUE"], ["ENTERQUEUE", "EXITWITHTIMEOUT", "ENTERQUEUE"])
    ends = (["CONNECT", "COMPLETE"], ["ABANDON"], ["EXITWITHTIMEOUT"])
    for number, fate in fates.items():
        assert fate in [[*queue, *end] for queue in queues for end in ends], number
    assert len(day.centre.callers) == CALLS
    # On a slow machine somebody may give up before the call is let in, or be told that the node is
    # behind: then it is nobody's call.
    never_came = [each for each in day.centre.callers if each.number not in fates]
    assert all(each.outcome == "gave up" or each.status == 503 for each in never_came), never_came
    assert len(never_came) <= CALLS / 50, never_came
    came = [each for each in day.centre.callers if each.number in fates]
    crossed = [each for each in came if fates[each.number][-1] != END_OF[each.outcome]]
    told = [(each.outcome, fates[each.number][-1]) for each in crossed]
    assert set(told) <= CROSSED, (told, crossed)
    assert len(told) <= CALLS / 50, (told, crossed)


def test_order_and_strategy_are_those_of_an_independent_model(day: Day) -> None:
    model = Model(day.specs, {f"PJSIP/{name}" for name in day.centre.agents})
    for event in day.events:
        model.feed(event)
    assert model.faults == []
    assert not model.waiting
    assert not model.busy
    # So much was really compared: there were others who could have come first.
    assert model.checks["one call"] >= CALLS / 2
    for what in ("order", "leastrecent", "rrmemory", "fewestcalls"):
        assert model.checks[what] >= 10, model.checks


def test_the_model_finds_what_is_wrong(day: Day) -> None:
    """The same day, with one thing changed: the first two who are called change places."""
    names = sorted(f"PJSIP/{name}" for name in day.centre.agents)
    swapped = {names[0]: names[9], names[9]: names[0]}  # both in sales, one also in support

    def change(event: dict[str, str]) -> dict[str, str]:
        name = event.get("Interface", "")
        return {**event, "Interface": swapped.get(name, name)} if "Uniqueid" in event else event

    model = Model(day.specs, set(names))
    for event in day.events:
        if event["Event"] in {"AgentCalled", "AgentConnect", "AgentComplete", "AgentRingNoAnswer"}:
            changed = change(event)
            if changed["Interface"] not in day.specs[changed["Queue"]].members:
                changed = event
            model.feed(changed)
        else:
            model.feed(event)
    assert model.faults


def test_the_log_the_records_and_the_wallboard_agree(day: Day) -> None:
    numbers = day.number_of
    connects = [(line[1], line[3]) for line in day.lines("CONNECT")]
    told = [e for e in day.events if e["Event"] == "AgentConnect"]
    assert [(e["Uniqueid"], e["MemberName"]) for e in told] == connects
    pairs = {
        "QueueCallerJoin": ("ENTERQUEUE",), "QueueCallerAbandon": ("ABANDON",),
        "AgentComplete": ("COMPLETEAGENT", "COMPLETECALLER"), "AgentRingNoAnswer": ("RINGNOANSWER", "RINGCANCELED"),
    }  # fmt: skip
    seen = Counter(event["Event"] for event in day.events)
    for name, lines in pairs.items():
        assert seen[name] == len(day.lines(*lines)), name

    answered = {
        (row[16], f"Agent {row[6].removeprefix('PJSIP/agent').partition('-')[0]}")
        for row in day.records
        if row[14] == "ANSWERED" and row[7] == "Queue"
    }
    dumped = {(line[1], line[3]) for line in day.lines("AGENTDUMP")}
    assert set(connects) <= answered <= set(connects) | dumped
    assert {row[16] for row in day.records} == set(numbers)


def test_the_counters_are_right(day: Day) -> None:
    def count(queue: str, events: Iterable[str]) -> int:
        return sum(line[2] == queue for line in day.lines(*events))

    completed = ("COMPLETEAGENT", "COMPLETECALLER")
    queues = {each["Queue"]: each for each in day.status if each.get("Event") == "QueueParams"}
    assert set(queues) == set(day.specs)
    for name, told in queues.items():
        assert int(told["Completed"]) == count(name, completed)
        assert int(told["Abandoned"]) == count(name, ("ABANDON",))
        assert told["Calls"] == "0"
    taken = Counter((line[2], line[3]) for line in day.lines(*completed))
    for member in day.status:
        if member.get("Event") == "QueueMember":
            assert int(member["CallsTaken"]) == taken[member["Queue"], member["Name"]]
    phones = sum(counts.answered for counts in day.centre.agents.values())
    # A phone is answered at the very moment at which the caller gives up, or hangs up too early.
    assert 0 <= phones - sum(taken.values()) <= len(day.lines("ABANDON", "AGENTDUMP"))
