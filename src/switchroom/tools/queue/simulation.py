"""A day of a queue in virtual time: the decisions are those of :mod:`switchroom.queues` itself."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from switchroom.config.queue_skills import NO_LEVELS, Levels, QueueSkills
from switchroom.config.queues import QueueSettings
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.claims import Claims
from switchroom.queues.entry import Entry
from switchroom.queues.estimating import estimated_wait
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue, Offer
from switchroom.queues.skills import Demand
from switchroom.tools.queue.recorded import Shift
from switchroom.tools.queue.traffic import Call, Draw, constant

EPOCH = 1_000_000_000.0  #: when it begins: a member's last call at 0 would be none


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who takes calls."""

    name: str
    penalty: int = 0
    skills: Levels = field(default_factory=lambda: NO_LEVELS)
    wrap_up: float | None = None
    is_there: bool = True  #: at first


@dataclass(frozen=True, slots=True)
class House:
    """The queue that is tried out.

    Attributes:
        settings: Of ``queues.conf``.
        skills: Of ``queueskills.conf``.
        agents: Who takes calls.
        shifts: When who comes and goes.
        rings: How long agents let it ring.
        misses: The part of the offers that an agent does not answer.
        timeout: Seconds after which ``Queue()`` goes on in the dialplan.
    """

    settings: QueueSettings
    agents: Sequence[Agent]
    skills: QueueSkills = field(default_factory=QueueSkills)
    shifts: Sequence[Shift] = ()
    rings: Draw = field(default_factory=lambda: constant(0.0))
    misses: float = 0.0
    timeout: float = math.inf


@dataclass(slots=True)
class Outcome:
    """What became of a call; times from the beginning, seconds.

    Attributes:
        waited: Until it was answered, or over.
        rang_after: Until the offer that was answered began.
        estimated: What was estimated when it joined.
        how: ``answered``, ``abandoned``, ``timeout``, ``full``, ``empty``, or ``waiting``.
    """

    call: Call
    waited: float = 0.0
    rang_after: float = 0.0
    agent: str = ""
    handled_until: float = 0.0
    estimated: float | None = None
    how: str = "waiting"


class Simulation:
    """One run.

    Args:
        house: The queue.
        seed: Of chance; one seed, one result.
    """

    def __init__(self, house: House, *, seed: int = 1) -> None:
        self.house = house
        self.outcomes: list[Outcome] = []
        self.ended_at = 0.0
        self.staffed: list[tuple[float, float]] = []  #: seconds at which agents came and went
        self._chance = random.Random(seed)
        # Nobody here has a second line: ``ringinuse`` would ring at people who talk.
        settings = replace(house.settings, rings_in_use=False)
        self.queue = CallQueue(settings, Claims(), self._chance)
        self.queue.skill_order = house.skills.order
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._now = EPOCH
        self._open: dict[Entry, Outcome] = {}
        self._misses: dict[Entry, list[float]] = {}
        self._due: float | None = None
        self._since: dict[str, float] = {}

    def run(self, calls: Iterable[Call]) -> list[Outcome]:
        """Let all of them call; returns what became of each, in the order in which they came."""
        for agent in self.house.agents:
            member = Member(
                agent.name, agent.name, agent.name, agent.penalty, wrap_up=agent.wrap_up,
                is_paused=not agent.is_there, state=DeviceState.NOT_INUSE, skills=agent.skills,
            )  # fmt: skip
            self.queue.add(member)
            if agent.is_there:
                self._since[agent.name] = 0.0
        for shift in self.house.shifts:
            self._at(EPOCH + shift.at, partial(self._shift, shift))
        for call in calls:
            self._at(EPOCH + call.at, partial(self._join, call))
        while self._events:
            self._now, _, happens = heapq.heappop(self._events)
            happens()
            if not self._events or self._events[0][0] > self._now:
                self._look()
        self.ended_at = max((each.handled_until for each in self.outcomes), default=0.0)
        self.staffed += [(since, self.ended_at) for since in self._since.values()]
        return self.outcomes

    def _at(self, moment: float, happens: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, happens))

    # agents

    def _shift(self, shift: Shift) -> None:
        member = self.queue.member(shift.agent)
        if member is None or member.is_paused is not shift.is_on:
            return
        member.is_paused = not shift.is_on
        if shift.is_on:
            self._since[member.name] = shift.at
        else:
            self.staffed.append((self._since.pop(member.name, shift.at), shift.at))

    # callers

    def _join(self, call: Call) -> None:
        outcome = Outcome(call)
        self.outcomes.append(outcome)
        queue, settings, skills = self.queue, self.house.settings, self.house.skills
        demand = Demand(call.requirement or skills.requires, [*skills.relaxations])
        entry = Entry(
            f"call {len(self.outcomes)}", "", self._now, priority=call.priority, demand=demand
        )
        if settings.most and len(queue.waiting) >= settings.most:
            outcome.how = "full"
        elif settings.must_have_members and queue.is_empty(settings.join_empty, entry, self._now):
            outcome.how = "empty"
        else:
            self._open[entry] = outcome
            self._misses[entry] = [*call.misses]
            queue.join(entry)
            outcome.estimated = estimated_wait(queue, self._now, entry=entry)
            within, how = min((call.patience, "abandoned"), (self.house.timeout, "timeout"))
            if within < math.inf:
                self._at(self._now + within, partial(self._give_up, entry, how))
        outcome.handled_until = call.at

    def _give_up(self, entry: Entry, how: str) -> None:
        outcome = self._open.pop(entry, None)
        if outcome is None:
            return
        queue, waited = self.queue, self._now - entry.joined_at
        outcome.how, outcome.waited = how, waited
        outcome.handled_until = self._now - EPOCH
        if how == "abandoned":
            queue.statistics.gave_up(waited, queue.settings.service_level)
        queue.flow.waits_no_more(waited, gave_up=how == "abandoned")
        if entry.offered:
            queue.offer_failed(entry, self._now)
        queue.leave(entry)

    # offers

    def _look(self) -> None:
        for offer in self.queue.decide(self._now):
            self._ring(offer)
        due = self.queue.next_look(self._now)
        if due is not None and (self._due is None or not self._now < self._due <= due):
            self._due = due
            self._at(due, self._nothing)

    def _nothing(self) -> None:
        """A time has come: what it changes is looked at behind every event."""

    def _ring(self, offer: Offer) -> None:
        entry, settings = offer.entry, self.house.settings
        misses = self._misses[entry]
        if misses:
            self._later(misses.pop(0), partial(self._miss, entry, offer))
            return
        call = self._open[entry].call
        seconds = {
            member: call.rings if call.rings is not None else self.house.rings(self._chance)
            for member in offer.members
            if not self.house.misses or self._chance.random() >= self.house.misses
        }
        first = min(seconds, key=lambda member: seconds[member], default=None)
        patience = settings.timeout or math.inf
        if first is None or seconds[first] > patience:
            self._later(min(patience, 3600.0), partial(self._miss, entry, offer))
        else:
            self._later(seconds[first], partial(self._answer, entry, offer, first))

    def _later(self, seconds: float, happens: Callable[[], None]) -> None:
        self._at(self._now + seconds, happens)

    def _is_still(self, entry: Entry, offer: Offer) -> bool:
        return entry in self._open and entry.offered == offer.members

    def _miss(self, entry: Entry, offer: Offer) -> None:
        if self._is_still(entry, offer):
            self.queue.offer_failed(entry, self._now)

    def _answer(self, entry: Entry, offer: Offer, member: Member) -> None:
        if not self._is_still(entry, offer):
            return
        queue, outcome = self.queue, self._open.pop(entry)
        for other in offer.members:
            if other is not member:
                queue.let_go(entry, other)
        queue.took(entry, member)
        waited = self._now - entry.joined_at
        outcome.how, outcome.waited, outcome.agent = "answered", waited, member.name
        outcome.rang_after = entry.offered_at - entry.joined_at
        queue.statistics.connected(waited, queue.settings.service_level)
        queue.flow.waits_no_more(waited, gave_up=False)
        queue.leave(entry)
        member.state = DeviceState.INUSE
        self._later(outcome.call.talk, partial(self._end, entry, outcome, member))

    def _end(self, entry: Entry, outcome: Outcome, member: Member) -> None:
        member.state = DeviceState.NOT_INUSE
        self.queue.statistics.talked(outcome.call.talk)
        self.queue.ended(entry, member, self._now)
        wraps_up = member.wraps_up_until(self.house.settings.wrap_up)
        outcome.handled_until = max(self._now, wraps_up) - EPOCH
