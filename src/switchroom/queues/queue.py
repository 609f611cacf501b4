"""One queue: who waits, who takes calls, who is offered what. The one place where that is decided.

Pure: time comes in, offers go out. :meth:`CallQueue.decide` is called whenever something changed
(a caller joined, a member is free, a time has come) and offers what can be offered; whoever carries
an offer out tells how it went.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from switchroom.config.queues import QueueSettings
from switchroom.pbx.device_state import DeviceState
from switchroom.queues.claims import Claims
from switchroom.queues.entry import SLACK, Entry
from switchroom.queues.member import Member
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
    """

    settings: QueueSettings
    claims: Claims
    chance: random.Random
    look_at: Callable[[Member], None] = _believe
    members: dict[str, Member] = field(default_factory=dict)  #: by interface in lower case
    entries: list[Entry] = field(default_factory=list)  #: in the order of their turn
    statistics: Statistics = field(default_factory=Statistics)
    next_at: int = 0  #: of its members, where round robin goes on

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
        for place, member in enumerate(self.members.values()):
            member.place = place

    def is_free(self, member: Member, now: float) -> bool:
        """Whether a member may be offered a call now."""
        rings_in_use = self.settings.rings_in_use
        return (
            not member.is_paused
            and member.can_be_reached(rings_in_use=rings_in_use)
            and (not member.is_talking or member.may_talk_twice(rings_in_use=rings_in_use))
            and member.wraps_up_until(self.settings.wrap_up) <= now + SLACK
            and not self.claims.is_taken(member.device)
        )

    def has_free_members(self, now: float) -> bool:
        """Whether somebody could be offered a call now."""
        return any(self.is_free(member, now) for member in self.members.values())

    def members_shown(self) -> list[Member]:
        """As they are listed: recorded, who was named last first, unless the order counts."""
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
        free = self.free_members(now)
        for entry in self._whose_turn_it_is() if free else ():
            entry.apply_changes(now)
            if entry.not_before > now + SLACK:
                continue
            if members := self._choose(entry, free, now):
                yield Offer(entry, members)
                free = [member for member in free if member not in members]
                if not free:
                    return

    def _whose_turn_it_is(self) -> list[Entry]:
        idle = [entry for entry in self.entries if entry.is_idle]
        if self.settings.autofill:
            return idle
        waiting = self.waiting
        return [entry for entry in idle if entry is waiting[0]]

    def choose_after(
        self, entry: Entry, refused: tuple[Member, ...], now: float
    ) -> tuple[Member, ...]:
        """Claim who is next within an offer, where those before did not take the call."""
        free = [member for member in self.free_members(now) if member not in refused]
        return self._choose(entry, free, now)

    def _choose(self, entry: Entry, free: list[Member], now: float) -> tuple[Member, ...]:
        """Claim whom a caller is offered to: all of the first rank, or one."""
        ranked = self._ranked(entry, free)
        rings_all = self.settings.strategy == "ringall"
        taken: list[Member] = []
        for rank, member in ranked:
            if rings_all and rank != ranked[0][0]:
                break
            self.look_at(member)
            if self.is_free(member, now) and self.claims.take(member.device, entry):
                taken.append(member)
                if not rings_all:
                    break
        entry.offered += tuple(taken)
        return tuple(taken)

    def _ranked(
        self, entry: Entry, free: list[Member]
    ) -> list[tuple[tuple[int, tuple[float, int]], Member]]:
        settings = self.settings
        context = Context(len(self.members), self.next_at, entry.tried, self.chance)
        rank = STRATEGIES[settings.strategy](context)
        few = len(free) <= settings.penalty_members_limit
        heeds = settings.strategy not in IGNORES_PENALTY and not few
        ranked = [
            ((entry.penalty_of(member) if heeds else 0, rank(member)), member)
            for member in free
            if few or entry.accepts(member)
        ]
        ranked.sort(key=lambda each: each[0])
        return ranked

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
        member.is_talking = True
        self.next_at = (member.place + 1) % (len(self.members) or 1)

    def ended(self, entry: Entry, member: Member, now: float) -> None:
        """Their conversation is over."""
        member.is_talking = False
        member.calls += 1
        member.last_call = now
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
