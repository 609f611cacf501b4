"""A day of queues in virtual time: the decisions are those of :mod:`switchroom.queues` itself."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from switchroom.config.queues.queues import QueueSettings
from switchroom.config.queues.skills import NO_LEVELS, Levels, QueueSkills
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.claims import Claims
from switchroom.queues.entry import Entry
from switchroom.queues.estimating import estimated_wait
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue, Offer
from switchroom.queues.rivalry import Rivalry
from switchroom.queues.skills import Demand
from switchroom.tools.queue.recorded import Shift
from switchroom.tools.queue.traffic import Call, Draw, constant

Span = tuple[float, float]
EPOCH = 1_000_000_000.0  #: when it begins: a member's last call at 0 would be none


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who takes calls."""

    name: str
    penalty: int = 0
    skills: Levels = field(default_factory=lambda: NO_LEVELS)
    wrap_up: float | None = None
    device: str = ""  #: empty: the name; who has the same in several queues is one person
    is_there: bool = True  #: at first


@dataclass(frozen=True, slots=True)
class House:
    """A queue that is tried out.

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


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts for all queues together, of the section ``general``."""

    shares_last_call: bool = False
    longest_first: str = "no"


@dataclass(slots=True)
class _Place:
    """One of the queues."""

    house: House
    queue: CallQueue
    since: dict[str, float] = field(default_factory=dict)  #: by device: when who is there came
    spans: list[tuple[str, float, float]] = field(default_factory=list)  #: who was there, and when


class Simulation:
    """One run.

    Args:
        houses: The queues; agents of several are offered one call at a time.
        rules: Between them.
        seed: Of chance; one seed, one result.
    """

    def __init__(self, *houses: House, rules: Rules = Rules(), seed: int = 1) -> None:
        self.outcomes: list[Outcome] = []
        self.ended_at = 0.0
        self._rules = rules
        self._chance = random.Random(seed)
        self._members: dict[str, list[tuple[_Place, Member]]] = {}  #: by device
        self._places = self._build(houses)
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._now = EPOCH
        self._open: dict[Entry, Outcome] = {}
        self._misses: dict[Entry, list[float]] = {}
        self._due: float | None = None

    def _build(self, houses: Iterable[House]) -> dict[str, _Place]:
        claims = Claims()
        places = {}
        for house in houses:
            # Nobody here has a second line: ``ringinuse`` would ring at people who talk.
            settings = replace(house.settings, rings_in_use=False)
            queue = CallQueue(settings, claims, self._chance)
            queue.skill_order = house.skills.order
            place = places[queue.name] = _Place(house, queue)
            for agent in house.agents:
                self._add(place, agent)
        longest = self._rules.longest_first
        if longest != "no" or any(place.queue.settings.weight for place in places.values()):
            for place in places.values():
                place.queue.rivalry = Rivalry(self._sharing, longest)
        return places

    def _add(self, place: _Place, agent: Agent) -> None:
        device = agent.device or agent.name
        member = Member(
            agent.name, agent.name, device, agent.penalty, wrap_up=agent.wrap_up,
            is_paused=not agent.is_there, state=DeviceState.NOT_INUSE, skills=agent.skills,
        )  # fmt: skip
        place.queue.add(member)
        self._members.setdefault(device, []).append((place, member))
        if agent.is_there:
            place.since[device] = 0.0

    def _sharing(self, device: str) -> Iterator[tuple[CallQueue, Member]]:
        for place, member in self._members[device]:
            yield place.queue, member

    def run(self, calls: Iterable[Call]) -> list[Outcome]:
        """Let all of them call; returns what became of each, in the order in which they came."""
        for place in self._places.values():
            for shift in place.house.shifts:
                self._at(EPOCH + shift.at, partial(self._shift, place, shift))
        for call in calls:
            self._at(EPOCH + call.at, partial(self._join, call))
        while self._events:
            self._now, _, happens = heapq.heappop(self._events)
            happens()
            if not self._events or self._events[0][0] > self._now:
                self._look()
        self.ended_at = max((each.handled_until for each in self.outcomes), default=0.0)
        return self.outcomes

    def staffed_in(self, name: str) -> list[Span]:
        """From when to when agents took calls of one queue."""
        place = self._places[name]
        there = [(since, self.ended_at) for since in place.since.values()]
        return [*((begin, end) for _, begin, end in place.spans), *there]

    @property
    def staffed(self) -> list[Span]:
        """From when to when agents took calls of some queue, each once."""
        by_device: dict[str, list[Span]] = {}
        for place in self._places.values():
            for device, begin, end in place.spans:
                by_device.setdefault(device, []).append((begin, end))
            for device, since in place.since.items():
                by_device.setdefault(device, []).append((since, self.ended_at))
        return [span for spans in by_device.values() for span in _united(spans)]

    def _at(self, moment: float, happens: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (moment, self._count, happens))

    # agents

    def _shift(self, place: _Place, shift: Shift) -> None:
        member = place.queue.member(shift.agent)
        if member is None or member.is_paused is not shift.is_on:
            return
        member.is_paused = not shift.is_on
        if shift.is_on:
            place.since[member.device] = shift.at
        else:
            since = place.since.pop(member.device, shift.at)
            place.spans.append((member.device, since, shift.at))

    # callers

    def _place_of(self, call: Call) -> _Place:
        return self._places[call.queue] if call.queue else next(iter(self._places.values()))

    def _join(self, call: Call) -> None:
        outcome = Outcome(call)
        self.outcomes.append(outcome)
        place = self._place_of(call)
        queue, settings, skills = place.queue, place.queue.settings, place.house.skills
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
            within, how = min((call.patience, "abandoned"), (place.house.timeout, "timeout"))
            if within < math.inf:
                self._at(self._now + within, partial(self._give_up, place, entry, how))
        outcome.handled_until = call.at

    def _give_up(self, place: _Place, entry: Entry, how: str) -> None:
        outcome = self._open.pop(entry, None)
        if outcome is None:
            return
        queue, waited = place.queue, self._now - entry.joined_at
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
        due: float | None = None
        for place in self._places.values():
            if not place.queue.entries:
                continue
            for offer in place.queue.decide(self._now):
                self._ring(place, offer)
            next_look = place.queue.next_look(self._now)
            if next_look is not None:
                due = next_look if due is None else min(due, next_look)
        if due is not None and (self._due is None or not self._now < self._due <= due):
            self._due = due
            self._at(due, self._nothing)

    def _nothing(self) -> None:
        """A time has come: what it changes is looked at behind every event."""

    def _ring(self, place: _Place, offer: Offer) -> None:
        entry, house = offer.entry, place.house
        misses = self._misses[entry]
        if misses:
            self._later(misses.pop(0), partial(self._miss, place, entry, offer))
            return
        call = self._open[entry].call
        seconds = {
            member: call.rings if call.rings is not None else house.rings(self._chance)
            for member in offer.members
            if not house.misses or self._chance.random() >= house.misses
        }
        first = min(seconds, key=lambda member: seconds[member], default=None)
        patience = house.settings.timeout or math.inf
        if first is None or seconds[first] > patience:
            self._later(min(patience, 3600.0), partial(self._miss, place, entry, offer))
        else:
            self._later(seconds[first], partial(self._answer, place, entry, offer, first))

    def _later(self, seconds: float, happens: Callable[[], None]) -> None:
        self._at(self._now + seconds, happens)

    def _is_still(self, entry: Entry, offer: Offer) -> bool:
        return entry in self._open and entry.offered == offer.members

    def _miss(self, place: _Place, entry: Entry, offer: Offer) -> None:
        if self._is_still(entry, offer):
            place.queue.offer_failed(entry, self._now)

    def _answer(self, place: _Place, entry: Entry, offer: Offer, member: Member) -> None:
        if not self._is_still(entry, offer):
            return
        queue, outcome = place.queue, self._open.pop(entry)
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
        for _, same in self._members[member.device]:
            same.state = DeviceState.INUSE
        self._later(outcome.call.talk, partial(self._end, place, entry, outcome, member))

    def _end(self, place: _Place, entry: Entry, outcome: Outcome, member: Member) -> None:
        place.queue.statistics.talked(outcome.call.talk)
        place.queue.ended(entry, member, self._now)
        for _, same in self._members[member.device]:
            same.state = DeviceState.NOT_INUSE
            if self._rules.shares_last_call:
                same.last_call = member.last_call
        wraps_up = member.wraps_up_until(place.queue.settings.wrap_up)
        outcome.handled_until = max(self._now, wraps_up) - EPOCH


def _united(spans: Iterable[Span]) -> list[Span]:
    """The same time once."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found
