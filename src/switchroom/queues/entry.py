"""A caller who waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from switchroom.base.text import leading_int
from switchroom.config.queues.queues import PenaltyChange
from switchroom.queues.member import Member
from switchroom.queues.skills import Demand, meets

NO_LIMIT = 2**31 - 1
SLACK = 0.001  #: seconds by which something may be early: sums of times are not exact


@dataclass(slots=True, eq=False)
class Entry:
    """One caller in one queue.

    Attributes:
        channel: The caller's channel, by name.
        priority: Callers with a higher one go before others.
        joined_at: Of the wall clock.
        changes: Of its limits of penalty that are still to come.
        lowest: Members with a lower penalty are not for this caller.
        highest: Nor those with a higher one.
        raise_to: A lower penalty than this counts as this.
        offered: Who rings now, or talks with it.
        not_before: When it may be offered to somebody again.
        is_connected: It talks, or is about to.
        demand: The skills that it asks for.
        queue: In which it waits, by name.
    """

    channel: str
    unique_id: str
    joined_at: float
    priority: int = 0
    changes: list[PenaltyChange] = field(default_factory=list)
    lowest: int = 0
    highest: int = NO_LIMIT
    raise_to: int = 0
    original_position: int = 0
    offered_at: float = 0.0  #: when members last began to ring
    tried: int = 0  #: how many offers it has had
    next_at: int = 0  #: of the members, where a linear queue goes on
    offered: tuple[Member, ...] = ()
    not_before: float = 0.0
    is_connected: bool = False
    is_listening: bool = False  #: to an announcement, which nobody interrupts
    demand: Demand = field(default_factory=Demand)
    queue: str = ""
    withdrawn_for: str = ""  #: why it was sent back to the dialplan
    on_changes: Callable[[], None] | None = None  #: hears that its limits are others now

    def is_called(self, name: str) -> bool:
        """Whether somebody means this caller: by its channel or its unique id."""
        return name in {self.channel, self.unique_id}

    @property
    def is_idle(self) -> bool:
        """Whether it could be offered to somebody."""
        return not (self.offered or self.is_connected or self.is_listening)

    def apply_changes(self, now: float) -> bool:
        """Go by the limits that hold now; tells whether they are others."""
        has_changed = False
        while self.changes and now - self.joined_at >= self.changes[0].after - SLACK:
            change = self.changes.pop(0)
            self.highest = _changed(self.highest, change.highest)
            self.lowest = _changed(self.lowest, change.lowest)
            self.raise_to = _changed(self.raise_to, change.raise_to)
            has_changed = True
        if has_changed and self.on_changes is not None:
            self.on_changes()
        return self.demand.relax(now - self.joined_at + SLACK) or has_changed

    def next_change(self) -> float | None:
        """When the limits, or the skills that are asked for, change next."""
        seconds = [self.changes[0].after] if self.changes else []
        if (after := self.demand.next_after) is not None:
            seconds.append(after)
        return self.joined_at + min(seconds) if seconds else None

    def accepts(self, member: Member) -> bool:
        """Whether a member's penalty is within the limits."""
        return self.lowest <= self.penalty_of(member) <= self.highest

    def is_served_by(self, member: Member) -> bool:
        """Whether a member has the skills that are asked for."""
        return meets(self.demand.requirement, member.skills)

    def penalty_of(self, member: Member) -> int:
        """What counts as the member's penalty."""
        return max(member.penalty, self.raise_to)


def _changed(value: int, text: str) -> int:
    number = leading_int(text) if text else None
    if number is None:
        return value
    is_step = text[0] in "+-"
    base = 0 if value == NO_LIMIT and is_step and number > 0 else value
    return min(max(0, base + number if is_step else number), NO_LIMIT)
