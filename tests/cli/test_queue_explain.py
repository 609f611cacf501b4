"""queue explain."""

from __future__ import annotations

import asyncio
import json

from switchroom.cli.registry import collect_commands
from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
from switchroom.queues.desk import Desks
from switchroom.queues.entry import Entry
from tests.cli.fakes import CliNode

QUEUES = (
    "[q]\nstrategy=linear\nmember=>Local/a@b,0,Ann,Custom:a\nmember=>Local/c@d,0,Bob,Custom:b\n"
)


def ask(cli: CliNode, *lines: str, waiting: bool = True) -> list[str]:
    async def main() -> list[str]:
        async with cli.context.pbx as pbx:
            desks = pbx.datastore(Desks)
            desks.use(pbx, read_queues(parse_config(QUEUES)), {})
            desk = desks["q"]
            desk.pause(desk.queue.members["local/a@b"], paused=True, reason="tea")
            if waiting:
                desk.queue.join(Entry("PJSIP/x-1", "17.1", desk.now()))
            return [await collect_commands().execute(line, cli.context) for line in lines]

    return asyncio.run(main())


def test_for_people_and_for_programs(cli: CliNode) -> None:
    shown, described = ask(cli, "queue explain q", "queue explain q 17.1 json")
    lines = [line.split() for line in shown.splitlines()]
    assert lines[0][:2] == ["q:", "PJSIP/x-1,"]
    assert lines[1] == ["1.", "Bob", "would", "get", "it", "penalty", "0,", "linear", "1"]
    assert lines[2][:4] == ["Ann", "no", "paused", "(tea)"]
    [told] = json.loads(described)
    assert (told["queue"], told["caller"], told["is_past"]) == ("q", "PJSIP/x-1", False)
    assert [(v["name"], v["outcome"], v["obstacle"], v["rank"]) for v in told["verdicts"]] == [
        ("Bob", "offered", "", 1),
        ("Ann", "no", "paused", 0),
    ]


def test_nothing_to_say(cli: CliNode) -> None:
    found = ask(cli, "queue explain q", "queue explain q y", "queue explain q json", waiting=False)
    assert found == [
        "q: nobody waits, and nothing was decided lately\n",
        "q: no caller 'y' waits in it, and nothing was decided lately\n",
        "[]\n",
    ]


def test_no_such_queue(cli: CliNode) -> None:
    [answer] = ask(cli, "queue explain x")
    assert "there is no queue 'x'" in answer


def test_completion(cli: CliNode) -> None:
    desks = cli.context.pbx.datastore(Desks)

    async def main() -> None:
        async with cli.context.pbx as pbx:
            desks.use(pbx, read_queues(parse_config(QUEUES)), {})

    asyncio.run(main())
    assert collect_commands().complete("queue explain ", cli.context) == ["q"]
