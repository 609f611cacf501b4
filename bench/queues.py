"""How fast a queue decides: the decision alone, in this process, in seconds of CPU."""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import replace

from bench.figures import Figure
from switchroom.config.queues.queues import STRATEGIES, QueueSettings
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.claims import Claims
from switchroom.queues.entry import Entry
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue

AGENTS = 500
CALLERS = 1000
FREE = 10  #: agents that are free at a time


def run(*, quick: bool) -> list[Figure]:
    """Of all strategies the slowest one."""
    seconds = 0.3 if quick else 1.5
    found = {strategy: _measure(strategy, seconds) for strategy in STRATEGIES}
    rates = [rate for rate, _ in found.values()]
    late = [p99 for _, p99 in found.values()]
    return [
        Figure("queue: assignments", min(rates), "1/s", 2000, None, min(rates), max(rates)),
        Figure(
            "queue: decision p99", max(late) * 1000, "ms", 5, None,
            min(late) * 1000, max(late) * 1000, more_is_better=False,
        ),
    ]  # fmt: skip


def _measure(strategy: str, seconds: float) -> tuple[float, float]:
    """Assignments a second, and the 99th percentile of a decision's seconds."""
    settings = replace(QueueSettings(name="q", rings_in_use=False), strategy=strategy)
    queue = CallQueue(settings, Claims(), random.Random(1))
    for number in range(AGENTS):
        device = f"PJSIP/{number}"
        state = DeviceState.NOT_INUSE if number % (AGENTS // FREE) == 0 else DeviceState.INUSE
        queue.add(Member(device, device, device, number % 5, state=state))
    for number in range(CALLERS):
        queue.join(Entry(f"caller {number}", "", 0.0))
    count, now, spans = 0, 100.0, []
    began = time.process_time()
    while time.process_time() - began < seconds:
        at = time.process_time()
        offers = list(queue.decide(now))
        spans.append(time.process_time() - at)
        for offer in offers:
            winner, *others = offer.members
            for member in others:
                queue.let_go(offer.entry, member)
            queue.took(offer.entry, winner)
            queue.leave(offer.entry)
            queue.ended(offer.entry, winner, now)
            queue.join(Entry("another caller", "", now))
            count += 1
        now += 1.0
    rate = count / (time.process_time() - began)
    return rate, statistics.quantiles(spans, n=100)[98]
