"""What queues that nobody uses cost those that are used: many of them, idle, on one node."""

from __future__ import annotations

import asyncio
import resource
import statistics
import time
from collections.abc import Awaitable, Callable
from types import MappingProxyType, SimpleNamespace
from typing import Any, cast

from bench.figures import Figure
from switchroom.ami.actions.queues import status
from switchroom.ami.message import Action
from switchroom.ami.request import Request
from switchroom.cli.commands.queue import show
from switchroom.config.asterisk_conf import Directories
from switchroom.config.queues.queues import MemberSettings, QueuesConfig, QueueSettings
from switchroom.dialplan.interpreter import Interpreter
from switchroom.pbx.events import ChannelStateChanged
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceStateChanged
from switchroom.queues.desk import Desks
from switchroom.queues.entry import Entry
from switchroom.tools.simulate.astdb import MemoryAstDb
from switchroom.tools.simulate.engine import SimulatedEngine

MEMBERS = 3  #: of each queue
AGENTS = 1000  #: they are members of the queues in turn
ROUNDS = 200


def run(*, quick: bool) -> list[Figure]:
    """With few and with many queues: the many are not to be felt."""
    many = 4_000 if quick else 40_000
    return [
        figure for count in (1_000, many) for figure in asyncio.run(_measure(count, quick=quick))
    ]


def _settings(number: int) -> QueueSettings:
    agents = (f"Custom:{(number * MEMBERS + n) % AGENTS}" for n in range(MEMBERS))
    members = tuple(MemberSettings(f"PJSIP/{a[7:]}", state_interface=a) for a in agents)
    return QueueSettings(name=f"q{number}", strategy="leastrecent", members=members)


def _memory() -> float:
    """The most KiB that this process had."""
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


async def _measure(count: int, *, quick: bool) -> list[Figure]:
    pbx = Pbx(
        system_name="", engine=SimulatedEngine(cast("Any", None)), sounds=cast("Any", None),
        astdb=MemoryAstDb(), dialplan=Interpreter({}, {}), technologies={},
        directories=Directories(),
    )  # fmt: skip
    async with pbx:
        config = QueuesConfig(MappingProxyType({f"q{n}": _settings(n) for n in range(count)}))
        before, began = _memory(), time.process_time()
        desks = pbx.datastore(Desks)
        desks.use(pbx, config, {})
        loaded, kibibytes = time.process_time() - began, (_memory() - before) / count
        await asyncio.sleep(0)
        rounds = ROUNDS // 10 if quick else ROUNDS
        name = f"q{count // 2}"
        cli = cast("Any", SimpleNamespace(pbx=pbx))
        request = Request(
            Action([("Action", "QueueStatus"), ("Queue", name)]), *cast("Any", (None, cli))
        )
        foreign = ChannelStateChanged("PJSIP/trunk-00000001", "1.1", "Up")
        device = DeviceStateChanged("PJSIP/trunk", desks[name].queue.members_shown()[0].state)

        async def call() -> None:
            entry = Entry("PJSIP/trunk-00000001", "1.1", desks.now())
            waiter = desks[name].join(entry)
            await waiter.get()
            desks[name].leave(entry)
            for member in entry.offered:
                desks[name].queue.claims.give_back(member.device, entry)

        spans = {
            "queue show of one": await _time(lambda: show(cli, [name]), rounds),
            "QueueStatus of one": await _time(lambda: status(request), rounds),
            "event of a channel": await _time(lambda: pbx.events.publish(foreign), rounds),
            "event of a device": await _time(lambda: pbx.events.publish(device), rounds),
            "a caller's offer": await _time(call, rounds),
        }
    title = f"{count:,} queues"
    return [
        Figure(f"{title}: loaded", loaded, "s", more_is_better=False),
        Figure(f"{title}: memory a queue", kibibytes, "KiB", more_is_better=False),
        *(
            Figure(
                f"{title}: {what}", statistics.median(found), "ms", 1.0, None, min(found),
                max(found), more_is_better=False,
            )
            for what, found in spans.items()
        ),
    ]  # fmt: skip


async def _time(work: Callable[[], object], rounds: int) -> list[float]:
    """Milliseconds of CPU, each time."""
    found = []
    for _ in range(rounds):
        began = time.process_time()
        result = work()
        if isinstance(result, Awaitable):
            await result
        found.append((time.process_time() - began) * 1000)
    return found
