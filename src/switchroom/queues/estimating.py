"""How long a caller will wait: until somebody's phone rings for it.

The model: `n` agents who take calls of this caller, each busy for the mean handling time, let
callers go at a rate of ``n / handling``; those ahead give up at the rate at which callers of this
queue do; callers of a higher priority who are still to come go before. All three are averages over
the last calls, as they were seen by the queue itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchroom.pbx.states.device_state import DeviceState

if TYPE_CHECKING:
    from switchroom.queues.entry import Entry
    from switchroom.queues.member import Member
    from switchroom.queues.queue import CallQueue

#: One call in so many counts in an average: an hour of a busy queue, not a single long call.
WEIGHT = 64
_AWAY = frozenset({DeviceState.INVALID, DeviceState.UNAVAILABLE})


@dataclass(slots=True)
class Flow:
    """What a queue has seen lately; averages of seconds a call.

    Attributes:
        handling: Ringing, talking and wrap-up of one agent.
        waiting: Of one caller, whatever became of it.
        given_up: The part of the callers that gave up.
        gap: Between two that joined.
        last_at: When the last one joined.
    """

    handling: float = 0.0
    handled: int = 0
    waiting: float = 0.0
    given_up: float = 0.0
    ended: int = 0
    gap: float = 0.0
    joined: int = 0
    last_at: float = 0.0

    def joins(self, now: float) -> None:
        """A caller joins."""
        if now < self.last_at:
            return  # one that takes up a place which it kept
        if self.joined:
            self.gap = _average(self.gap, now - self.last_at, self.joined)
        self.joined += 1
        self.last_at = now

    def handles(self, seconds: float) -> None:
        """An agent is done with a call."""
        self.handled += 1
        self.handling = _average(self.handling, seconds, self.handled)

    def waits_no_more(self, seconds: float, *, gave_up: bool) -> None:
        """A caller has waited so long."""
        self.ended += 1
        self.waiting = _average(self.waiting, max(0.0, seconds), self.ended)
        self.given_up = _average(self.given_up, float(gave_up), self.ended)

    @property
    def giving_up(self) -> float:
        """Callers that give up, a second of waiting of one caller."""
        return self.given_up / self.waiting if self.waiting else 0.0


def _average(before: float, value: float, count: int) -> float:
    """The mean of the first ones, and then one that forgets."""
    return before + (value - before) / min(count, WEIGHT)


def estimated_wait(
    queue: CallQueue, now: float, *, position: int = 0, entry: Entry | None = None
) -> float | None:
    """Seconds until a caller's call rings at somebody.

    Args:
        queue: In which it waits.
        now: The time.
        position: Where it stands, counted from 1; 0: behind all who wait, or where ``entry`` does.
        entry: The caller, where it waits already: its skills and penalties count.

    Returns:
        None where it cannot be said: nobody takes calls, or none was ever taken.
    """
    staffed = [member for member in queue.members.values() if _counts(member, entry)]
    if not staffed:
        return None
    if not position:
        position = queue.position(entry) if entry is not None else len(queue.waiting) + 1
    behind = position - sum(queue.is_free(member, now) for member in staffed)
    if behind <= 0:
        return 0.0
    flow = queue.flow
    if not flow.handled:
        return None
    rate = len(staffed) / flow.handling if flow.handling else float("inf")
    seconds = sum(1 / (rate + ahead * flow.giving_up) for ahead in range(behind))
    return seconds / _share_left(queue, entry, rate)


def _counts(member: Member, entry: Entry | None) -> bool:
    if member.is_paused or member.state in _AWAY:
        return False
    return entry is None or (entry.accepts(member) and entry.is_served_by(member))


def _share_left(queue: CallQueue, entry: Entry | None, rate: float) -> float:
    """The part of the agents' time that callers of a higher priority leave."""
    if entry is None or not queue.flow.gap or not queue.waiting:
        return 1.0
    before = sum(each.priority > entry.priority for each in queue.waiting) / len(queue.waiting)
    return max(0.1, 1.0 - before / (queue.flow.gap * rate))
