"""What a call centre should have done, worked out anew from what it told.

Knows nothing of Switchroom's queues: events in, what they break out. An event lies a little behind
the decision that it tells of, so that only what was so for :data:`MARGIN` seconds is held against it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

MARGIN = 1.0  #: seconds

Event = Mapping[str, str]


@dataclass(frozen=True)
class QueueSpec:
    """What queues.conf says of one queue."""

    strategy: str
    members: Mapping[str, int]  #: penalties by interface, in their order
    wrap_up: float
    retry: float


@dataclass
class Waiting:
    """A caller who waits."""

    queue: str
    number: str
    order: int
    joined_at: float
    ringing: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    should_ring: set[str] = field(default_factory=set)
    retry_at: float = 0.0

    @property
    def rank(self) -> tuple[int, int]:
        """Gold numbers go before all others."""
        return (0 if self.number.startswith("4") else 1, self.order)

    def limits(self, now: float) -> tuple[int, int]:
        """The highest penalty that surely is allowed, and the highest that may be."""
        if self.queue != "support":
            return (99, 99)
        waited = now - self.joined_at
        return (5 if waited > 5 + MARGIN else 1, 5 if waited > 5 - MARGIN else 1)


class Model:
    """Replays a stream of events.

    Args:
        queues: As configured.
        present: Interfaces of the agents that are there.
    """

    def __init__(self, queues: Mapping[str, QueueSpec], present: set[str]) -> None:
        self.queues = queues
        self.present = present
        self.waiting: dict[str, Waiting] = {}
        self.leaving: dict[str, Waiting] = {}
        self.busy: dict[str, str] = {}
        self.free_since = dict.fromkeys(present, -math.inf)
        self.last_call = dict.fromkeys(present, 0.0)
        self.calls: Counter[tuple[str, str]] = Counter()
        self.next_at = dict.fromkeys(queues, (0, -math.inf))
        self.faults: list[str] = []
        self.checks: Counter[str] = Counter()
        self._order = 0

    def feed(self, event: Event) -> None:
        """Take the next event."""
        now, uid = float(event["Timestamp"]), event.get("Uniqueid", "")
        match event["Event"]:
            case "QueueCallerJoin":
                self._order += 1
                self.waiting[uid] = Waiting(
                    event["Queue"], event["CallerIDNum"], self._order, now
                )  # fmt: skip
            case "AgentCalled":
                self._called(event, uid, now)
            case "AgentRingNoAnswer" | "AgentDump":  # or hung up before they talked
                self._in_vain(event["Interface"], uid, now)
            case "AgentConnect":
                self._connected(event, uid, now)
            case "AgentComplete":
                self._completed(event, uid, now)
            case "QueueCallerAbandon":
                self._gave_up(uid, now)
            case "QueueCallerLeave" if uid in self.waiting:
                # Of who is about to talk too: AgentConnect comes next.
                self.leaving[uid] = self.waiting.pop(uid)
            case _:
                pass

    # whether it was right

    def _called(self, event: Event, uid: str, now: float) -> None:
        queue, chosen = event["Queue"], event["Interface"]
        caller = self.waiting[uid]
        if chosen in self.busy:
            self._fault(now, f"{chosen} is offered {uid} during {self.busy[chosen]}")
        self.checks["one call"] += 1
        if not caller.ringing:
            self._check_order(caller, chosen, now)
            caller.should_ring = self._candidates(caller, now)
        self._check_strategy(queue, caller, chosen, now)
        names = self._in_turn(queue)
        self.next_at[queue] = ((names.index(chosen) + 1) % len(names), now)
        caller.ringing.add(chosen)
        self.busy[chosen] = uid

    def _check_order(self, caller: Waiting, chosen: str, now: float) -> None:
        penalty = self.queues[caller.queue].members[chosen]
        for other in self.waiting.values():
            is_ahead = other.queue == caller.queue and other.rank < caller.rank
            if not is_ahead or other.ringing or other.joined_at > now - MARGIN:
                continue
            if other.retry_at > now - MARGIN or penalty > other.limits(now)[0]:
                continue
            self._fault(now, f"{caller.number} goes before {other.number} in {caller.queue}")
        self.checks["order"] += any(
            other is not caller and other.queue == caller.queue for other in self.waiting.values()
        )

    def _candidates(self, caller: Waiting, now: float) -> set[str]:
        """Who surely was free for this caller; of the lowest penalty among them."""
        spec = self.queues[caller.queue]
        free = {
            name: penalty
            for name, penalty in spec.members.items()
            if name in self.present
            and name not in self.busy
            and name not in caller.refused
            and self.free_since[name] < now - MARGIN
            and self._wraps_up_until(name, spec) < now - MARGIN
            and penalty <= caller.limits(now)[0]
        }
        return {name for name, penalty in free.items() if penalty == min(free.values())}

    def _wraps_up_until(self, name: str, spec: QueueSpec, late: float = 0.0) -> float:
        last = self.last_call[name]
        return math.ceil(last - late) + spec.wrap_up if last else 0.0

    def _check_strategy(self, queue: str, caller: Waiting, chosen: str, now: float) -> None:
        spec = self.queues[queue]
        penalty = spec.members[chosen]
        if penalty > caller.limits(now)[1]:
            self._fault(now, f"{chosen} has penalty {penalty}, too high for {caller.number}")
        # Whole seconds count, and the event is told a little later than the call has ended.
        if self._wraps_up_until(chosen, spec, late=0.2) > now + 0.01:
            self._fault(now, f"{chosen} is offered a call in its wrap-up")
        for other in self._candidates(caller, now) - {chosen}:
            self.checks[spec.strategy] += 1
            if spec.members[other] < penalty:
                self._fault(now, f"{other} of a lower penalty was free, not {chosen}")
            elif spec.members[other] == penalty and self._goes_before(other, chosen, queue, now):
                self._fault(now, f"{spec.strategy} of {queue}: {other} was to come, not {chosen}")

    def _goes_before(self, other: str, chosen: str, queue: str, now: float) -> bool:
        match self.queues[queue].strategy:
            case "leastrecent":
                return self.last_call[other] + MARGIN < self.last_call[chosen]
            case "fewestcalls":
                return self.calls[queue, other] < self.calls[queue, chosen]
            case "rrmemory":
                names, (start, changed_at) = self._in_turn(queue), self.next_at[queue]
                if changed_at > now - MARGIN:
                    return False
                places = [(names.index(name) - start) % len(names) for name in (other, chosen)]
                return places[0] < places[1]
            case _:
                return False

    def _in_turn(self, queue: str) -> list[str]:
        """Recorded of the original: who is named last is the first of a round."""
        return [*self.queues[queue].members][::-1]

    def _fault(self, now: float, text: str) -> None:
        self.faults.append(f"{now:.3f}: {text}")

    # what follows

    def _free(self, name: str, now: float) -> None:
        self.busy.pop(name, None)
        self.free_since[name] = now

    def _in_vain(self, name: str, uid: str, now: float) -> None:
        caller = self.waiting.get(uid) or self.leaving.get(uid)
        if caller is not None:
            caller.ringing.discard(name)
            caller.refused.add(name)
            if not caller.ringing:
                caller.refused.clear()
                caller.retry_at = now + self.queues[caller.queue].retry
        self._free(name, now)

    def _connected(self, event: Event, uid: str, now: float) -> None:
        queue, winner = event["Queue"], event["Interface"]
        caller = self.leaving.pop(uid, None)
        if caller is not None:
            if self.queues[queue].strategy == "ringall":
                self.checks["ringall"] += 1
                if missing := caller.should_ring - caller.ringing - {winner}:
                    self._fault(now, f"all were to ring for {caller.number}, not so {missing}")
            for name in caller.ringing - {winner}:
                self._free(name, now)
        if self.busy.get(winner) != uid:
            self._fault(now, f"{winner} talks with {uid} and was not offered it")
        self.busy[winner] = uid

    def _completed(self, event: Event, uid: str, now: float) -> None:
        name = event["Interface"]
        if self.busy.get(name) != uid:
            self._fault(now, f"{name} has talked with {uid}, and had {self.busy.get(name)}")
        self._free(name, now)
        self.last_call[name] = now
        self.calls[event["Queue"], name] += 1

    def _gave_up(self, uid: str, now: float) -> None:
        for name in self.waiting[uid].ringing:
            if self.busy.get(name) == uid:
                self._free(name, now)
