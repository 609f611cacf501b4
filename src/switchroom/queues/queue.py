"""One queue: who waits, who takes calls, who is offered what. The one place where that is decided.

Pure: time comes in, offers go out. :meth:`CallQueue.decide` is called whenever something changed
(a caller joined, a member is free, a time has come) and offers what can be offered; whoever carries
an offer out tells how it went.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from switchroom.config.queues.queues import QueueSettings
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.claims import Claims
from switchroom.queues.decisions import Decision, Decisions, Rank, Survey, Unfit
from switchroom.queues.entry import SLACK, Entry
from switchroom.queues.estimating import Flow
from switchroom.queues.member import Member
from switchroom.queues.obstacles import Obstacle
from switchroom.queues.rivalry import Rivalry
from switchroom.queues.skills import merit
from switchroom.queues.statistics import Statistics
from switchroom.queues.strategies import IGNORES_PENALTY, STRATEGIES, Context


def _believe(_: Member) -> None:
    """A member's state is what it was told to be."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A caller and those who are to be rung for it."""

    entry: Entry
    members: tuple[Member, ...]  #: all ring at once; they are claimed


@dataclass(slots=True, eq=False)
class CallQueue:
    """One queue.

    Args:
        settings: Of it.
        claims: Of the whole node.
        chance: For strategies that leave it to chance.
        look_at: Brings a member's state up to date, right before it is claimed.
        rivalry: With other queues that have some of its members; None: there is none.
    """

    settings: QueueSettings
    claims: Claims
    chance: random.Random
    look_at: Callable[[Member], None] = _believe
    rivalry: Rivalry | None = None
    members: dict[str, Member] = field(default_factory=dict)  #: by interface in lower case
    entries: list[Entry] = field(default_factory=list)  #: in the order of their turn
    statistics: Statistics = field(default_factory=Statistics)
    next_at: int = 0  #: of its members, where round robin goes on: behind whom was rung last
    skill_order: str = "none"  #: who of those who can goes first: ``best``, ``least``, or ``none``
    decisions: Decisions = field(default_factory=Decisions)
    flow: Flow = field(default_factory=Flow)

    @property
    def name(self) -> str:
        """Of the queue."""
        return self.settings.name

    @property
    def waiting(self) -> list[Entry]:
        """Who waits: not those who talk."""
        return [entry for entry in self.entries if not entry.is_connected]

    # callers

    def join(self, entry: Entry, *, position: int = 0) -> int:
        """Take a caller in behind those of its priority and above.

        Args:
            entry: The caller.
            position: Where it wants to stand among them; 0: at the end.

        Returns:
            Its position, counted from 1.
        """
        at = next(
            (i for i, e in enumerate(self.entries) if e.priority < entry.priority),
            len(self.entries),
        )
        first = next((i for i, e in enumerate(self.entries) if e.priority <= entry.priority), at)
        if position and first <= position - 1 < at:
            at = position - 1
        self.entries.insert(at, entry)
        if entry.queue != self.name:  # and not one that is given another place
            entry.queue = self.name
            self.flow.joins(entry.joined_at)
        entry.original_position = self.position(entry)
        return entry.original_position

    def position(self, entry: Entry) -> int:
        """Where a caller stands, counted from 1."""
        return 1 + self.waiting.index(entry)

    def leave(self, entry: Entry) -> None:
        """A caller goes, or talks: those behind move up."""
        if entry in self.entries:
            self.entries.remove(entry)

    # members

    def member(self, interface: str) -> Member | None:
        """A member by its interface."""
        return self.members.get(interface.lower())

    def add(self, member: Member) -> bool:
        """Take a member in; False where it is one already."""
        key = member.interface.lower()
        is_new = self.members.setdefault(key, member) is member
        self.arrange(self.members)
        return is_new

    def remove(self, interface: str) -> Member | None:
        """Let a member go."""
        member = self.members.pop(interface.lower(), None)
        self.arrange(self.members)
        return member

    def arrange(self, keys: Iterable[str]) -> None:
        """Bring the members into an order.

        Args:
            keys: Their interfaces in lower case.
        """
        self.members = {key: self.members[key] for key in keys}
        for place, member in enumerate(self.members_shown()):
            member.place = place

    def change_device(self, member: Member, device: str) -> None:
        """Let another device's state count; who has claimed the member has claimed that one."""
        holder = self.claims.holder(member.device)
        if device != member.device and isinstance(holder, Entry) and member in holder.offered:
            self.claims.give_back(member.device, holder)
            self.claims.take(device, holder)
        member.device = device

    def obstacle(self, member: Member, now: float) -> Obstacle | None:
        """What keeps a member from being offered any call now; None: it is free."""
        rings_in_use = self.settings.rings_in_use
        if member.is_paused:
            return Obstacle.PAUSED
        if member.penalty < 0:  # so ``negative_penalty_invalid`` wants it
            return Obstacle.PENALTY
        if not member.can_be_reached(rings_in_use=rings_in_use):
            return Obstacle.STATE
        if member.is_talking and not member.may_talk_twice(rings_in_use=rings_in_use):
            return Obstacle.TALKING
        if member.wraps_up_until(self.settings.wrap_up) > now + SLACK:
            return Obstacle.WRAP_UP
        return Obstacle.CLAIMED if self.claims.is_taken(member.device) else None

    def is_free(self, member: Member, now: float) -> bool:
        """Whether a member may be offered a call now."""
        return self.obstacle(member, now) is None

    def _detail(self, member: Member, obstacle: Obstacle) -> object:
        """What is kept of it for who asks later."""
        if obstacle is Obstacle.PENALTY:
            return member.penalty
        if obstacle is Obstacle.PAUSED:
            return (member.pause_reason, member.paused_at)
        if obstacle is Obstacle.WRAP_UP:
            return member.wraps_up_until(self.settings.wrap_up)
        return self.claims.holder(member.device)

    def survey(self, now: float, refused: tuple[Member, ...] = ()) -> Survey:
        """All members, with what stands in their way.

        Args:
            now: The time.
            refused: Those that did not take this very call.
        """
        members, look, detail = [*self.members.values()], self.obstacle, self._detail
        busy = Obstacle.STATE  # so are most of a big queue: no call for them
        found = [look(member, now) for member in members]
        details = [
            (member.state if each is busy else detail(member, each)) if each else None
            for member, each in zip(members, found, strict=True)
        ]
        for member in refused:
            if member in members:
                found[members.index(member)] = Obstacle.REFUSED
        return Survey(members, found, details)

    def has_free_members(self, now: float) -> bool:
        """Whether somebody could be offered a call now."""
        return any(self.is_free(member, now) for member in self.members.values())

    def members_shown(self) -> list[Member]:
        """Their order: recorded, who was named last first, unless the strategy is about order."""
        members = list(self.members.values())
        return members if self.settings.strategy in {"linear", "rrordered"} else members[::-1]

    def reset_statistics(self) -> None:
        """Count from nothing again."""
        self.statistics = Statistics()
        for member in self.members.values():
            member.calls, member.last_call = 0, 0.0

    def free_members(self, now: float) -> list[Member]:
        """Those that may be offered a call now."""
        return [member for member in self.members.values() if self.is_free(member, now)]

    # deciding

    def decide(self, now: float) -> Iterator[Offer]:
        """Offer what can be offered; the members of each offer are claimed."""
        seen = self.survey(now)
        free = seen.free
        for entry in self.in_turn() if free else ():
            entry.apply_changes(now)
            if entry.not_before > now + SLACK:
                continue
            if members := self._choose(entry, free, seen, now):
                yield Offer(entry, members)
                free = [member for member in free if member not in members]
                if not free:
                    return

    def in_turn(self) -> list[Entry]:
        """The callers who could be offered to somebody."""
        idle = [entry for entry in self.entries if entry.is_idle]
        if self.settings.autofill:
            return idle
        waiting = self.waiting
        return [entry for entry in idle if entry is waiting[0]]

    def choose_after(
        self, entry: Entry, refused: tuple[Member, ...], now: float
    ) -> tuple[Member, ...]:
        """Claim who is next within an offer, where those before did not take the call."""
        seen = self.survey(now, refused)
        return self._choose(entry, seen.free, seen, now)

    def _choose(
        self, entry: Entry, free: list[Member], seen: Survey, now: float
    ) -> tuple[Member, ...]:
        """Claim whom a caller is offered to: all of the first rank, or one."""
        ranked, unfit = self.ranked(entry, free, now)
        rings_all = self.settings.strategy == "ringall"
        taken: list[Member] = []
        for rank, member in ranked:
            if rings_all and rank != ranked[0][0]:
                break
            self.look_at(member)
            if self.is_free(member, now) and self.claims.take(member.device, entry):
                taken.append(member)
                if not rings_all:
                    self.next_at = entry.next_at = (member.place + 1) % (len(self.members) or 1)
                    break
        entry.offered += tuple(taken)
        entry.offered_at = now
        if taken:
            self.decisions.keep(self._decision(entry, seen, unfit, ranked, tuple(taken), now))
        return tuple(taken)

    def _decision(
        self,
        entry: Entry,
        seen: Survey,
        unfit: list[Unfit],
        ranked: list[tuple[Rank, Member]],
        taken: tuple[Member, ...],
        now: float,
    ) -> Decision:
        return Decision(
            now, entry, self.settings.strategy, entry.lowest, entry.highest,
            entry.demand.requirement, seen, unfit, ranked, taken,
        )  # fmt: skip

    def judge(self, entry: Entry, now: float) -> Decision:
        """What would be decided for a caller now; nobody is claimed."""
        entry.apply_changes(now)
        seen = self.survey(now)
        free = seen.free
        ranked, unfit = self.ranked(entry, free, now)
        first = self.settings.strategy == "ringall"
        taken = tuple(m for rank, m in ranked if (rank == ranked[0][0] if first else True))
        return self._decision(entry, seen, unfit, ranked, taken if first else taken[:1], now)

    def ranked(
        self, entry: Entry, free: list[Member], now: float
    ) -> tuple[list[tuple[Rank, Member]], list[Unfit]]:
        """Free members that a caller may have, who is rung first in front; and the others."""
        settings = self.settings
        context = Context(len(self.members), self.next_at, entry.next_at, self.chance)
        rank = STRATEGIES[settings.strategy](context)
        few = len(free) <= settings.penalty_members_limit
        heeds = settings.strategy not in IGNORES_PENALTY and not few
        asked, order, rivalry = entry.demand.requirement, self.skill_order, self.rivalry
        is_ordered = order != "none"
        ranked: list[tuple[Rank, Member]] = []
        unfit: list[Unfit] = []
        for member in free:
            if not (few or entry.accepts(member)):
                unfit.append((member, Obstacle.PENALTY, member.penalty))
            elif asked and not entry.is_served_by(member):
                unfit.append((member, Obstacle.SKILL, member.skills))
            elif rivalry and (rival := rivalry.is_wanted_more(self, member, entry, now)):
                unfit.append((member, Obstacle.WEIGHT, rival.name))
            else:
                penalty = entry.penalty_of(member) if heeds else 0
                worth = merit(order, asked, member.skills) if is_ordered else 0
                ranked.append(((penalty, worth, rank(member)), member))
        ranked.sort(key=lambda each: (each[0], each[1].place))
        return ranked, unfit

    def let_go(self, entry: Entry, member: Member) -> None:
        """A member rings no more for a caller."""
        self.claims.give_back(member.device, entry)
        entry.offered = tuple(each for each in entry.offered if each is not member)

    def offer_failed(self, entry: Entry, now: float) -> None:
        """Nobody took the call: the caller is offered to somebody again after ``retry``."""
        for member in entry.offered:
            self.claims.give_back(member.device, entry)
        entry.offered = ()
        entry.tried += 1
        entry.not_before = now + self.settings.retry

    def took(self, entry: Entry, member: Member) -> None:
        """A member took the call; the others were let go before."""
        entry.is_connected = True
        member.talks += 1
        if member.may_talk_twice(rings_in_use=self.settings.rings_in_use):
            self.claims.give_back(member.device, entry)  # it may be rung by another call

    def fell_through(self, entry: Entry, member: Member) -> None:
        """They did not come together after all."""
        entry.is_connected = False
        member.talks -= 1

    def ended(self, entry: Entry, member: Member, now: float) -> None:
        """Their conversation is over."""
        member.talks -= 1
        member.calls += 1
        member.last_call = now
        busy_until = max(now, member.wraps_up_until(self.settings.wrap_up))
        self.flow.handles(busy_until - entry.offered_at)
        self.claims.give_back(member.device, entry)
        entry.offered = ()

    def next_look(self, now: float) -> float | None:
        """When something may change by itself: a retry, a wrap-up, a rule."""
        idle = [entry for entry in self.entries if entry.is_idle]
        if not idle:
            return None
        times = [entry.not_before for entry in idle]
        times += [at for entry in idle if (at := entry.next_change()) is not None]
        times += [m.wraps_up_until(self.settings.wrap_up) for m in self.members.values()]
        return min((at for at in times if at > now + SLACK), default=None)

    # whether it makes sense to wait

    def is_empty(self, conditions: frozenset[str], entry: Entry | None, now: float) -> bool:
        """Whether no member counts, where those that meet a condition do not."""
        return not any(self._counts(m, conditions, entry, now) for m in self.members.values())

    def _counts(
        self, member: Member, conditions: frozenset[str], entry: Entry | None, now: float
    ) -> bool:
        if member.penalty < 0:
            return False
        if "penalty" in conditions and entry is not None and not entry.accepts(member):
            return False
        word = _WORDS.get(member.state)
        if word is not None and word in conditions:
            return False
        if "paused" in conditions and member.is_paused:
            return False
        wraps_up = member.wraps_up_until(self.settings.wrap_up) > now
        return not ("wrapup" in conditions and wraps_up)


#: What a device's state is called where a queue is asked whether it is empty.
_WORDS = {
    DeviceState.INVALID: "invalid",
    DeviceState.UNAVAILABLE: "unavailable",
    DeviceState.INUSE: "inuse",
    DeviceState.BUSY: "inuse",
    DeviceState.ONHOLD: "inuse",
    DeviceState.RINGING: "ringing",
    DeviceState.RINGINUSE: "ringing",
    DeviceState.UNKNOWN: "unknown",
}
