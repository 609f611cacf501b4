"""Queues: members that are changed, and callers that are moved."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
from switchroom.queues.desk import Desks
from switchroom.queues.entry import Entry
from switchroom.queues.log import QueueLog
from switchroom.queues.reloading import Reloading, ReloadScope
from tests.ami.support import Ami, run_ami


def test_a_priority_counts_for_later_or_at_once(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        desks = ami.pbx.datastore(Desks)
        desks.use(ami.pbx, read_queues(parse_config("[q]\n")), {})
        desk = desks["q"]
        for name in "abc":
            desk.queue.join(Entry(name, name, desk.now()))
        boss = await ami.user("boss", "top")

        async def change(caller: str, priority: str, **more: str) -> str:
            headers = {"Queue": "q", "Caller": caller, "Priority": priority}
            await boss.ask("QueueChangePriorityCaller", **headers, **more)
            return "".join(entry.channel for entry in desk.queue.waiting)

        assert await change("b", "5") == "abc"
        assert desk.queue.entries[1].priority == 5
        assert await change("c", "5", Immediate="no") == "abc"
        assert await change("c", "6", Immediate="yes") == "cab"
        answer = await boss.ask("QueueChangePriorityCaller", Queue="q", Caller="x", Priority="1")
        assert answer.get("Message") == "No such caller in this queue"

    run_ami(tmp_path, test)


def test_a_member_is_paused_in_one_queue_or_in_all(tmp_path: Path) -> None:
    async def test(ami: Ami) -> None:
        desks, lines = ami.pbx.datastore(Desks), []
        queues = "[q]\nmember=>Local/a@b,0,Ann\n[r]\nmember=>Local/a@b,0,Ann\n"
        desks.use(ami.pbx, read_queues(parse_config(queues)), {})
        ami.pbx.datastore(QueueLog).sinks.append(lambda *line: lines.append(line[1:]))
        boss = await ami.user("boss", "top")
        headers = {"Interface": "Local/a@b", "Paused": "true", "Reason": "tea"}
        await boss.ask("QueuePause", Queue="r", **headers)
        assert lines == [("r", "Ann", "PAUSE", "tea")]
        lines.clear()
        await boss.ask("QueuePause", **headers)
        assert lines == [
            ("NONE", "Local/a@b", "PAUSEALL", ""), ("q", "Ann", "PAUSE", "tea"),
            ("r", "Ann", "PAUSE", "tea"),
        ]  # fmt: skip
        answer = await boss.ask("QueuePause", Interface="Local/x@y", Paused="true")
        assert answer.get("Message") == "Interface not found"
        await boss.ask("QueuePenalty", Interface="Local/a@b", Queue="q", Penalty="3")
        assert lines[-1] == ("q", "Local/a@b", "PENALTY", "3")

    run_ami(tmp_path, test)


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        ({}, ReloadScope()),
        ({"Queue": "q"}, ReloadScope(names=frozenset({"q"}))),
        ({"Members": "yes"}, ReloadScope(parameters=False, rules=False)),
        ({"Members": "yes", "Rules": "yes"}, ReloadScope(parameters=False)),
        ({"Parameters": "yes", "Rules": "no"}, ReloadScope(members=False, rules=False)),
        ({"Rules": "no"}, ReloadScope()),
    ],
)
def test_a_part_of_the_files_is_read_anew(
    tmp_path: Path, headers: dict[str, str], scope: ReloadScope
) -> None:
    async def test(ami: Ami) -> None:
        reloading, scopes = ami.pbx.datastore(Reloading), []

        async def reload(what: str = "", *, tells: bool = True) -> None:
            assert (what, tells) == ("queues", False)
            scopes.append(reloading.scope)

        ami.node.reload = reload  # type: ignore[method-assign]  # what it would go by
        boss = await ami.user("boss", "top")
        answer = await boss.ask("QueueReload", **headers)
        assert answer.get("Message") == "Queue reloaded successfully"
        assert scopes == [scope]
        assert reloading.scope == ReloadScope()

    run_ami(tmp_path, test)
