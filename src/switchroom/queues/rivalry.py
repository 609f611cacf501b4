"""Queues that share members: which of them a member is for, ``weight`` and who waits longest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchroom.queues.entry import Entry
from switchroom.queues.member import Member

if TYPE_CHECKING:
    from switchroom.queues.queue import CallQueue


@dataclass(frozen=True, slots=True)
class Rivalry:
    """The rule over all queues of a node.

    Attributes:
        sharing: The queues that have a device, each with its member.
        longest: ``force_longest_waiting_caller``: ``no``, ``yes``, or ``prio`` where priorities
            go before the time of waiting.
    """

    sharing: Callable[[str], Iterable[tuple[CallQueue, Member]]]
    longest: str = "no"

    def is_wanted_more(
        self, queue: CallQueue, member: Member, entry: Entry, now: float
    ) -> CallQueue | None:
        """The queue that goes before this one where both could have a member; None: there is none.

        Args:
            queue: That could have it.
            member: Of it; free.
            entry: For whom.
            now: The time.
        """
        for rival, theirs in self.sharing(member.device):
            if rival is queue or not rival.is_free(theirs, now):
                continue
            callers = [each for each in rival.in_turn() if each.accepts(theirs)]
            if callers and self._goes_before(rival, callers, queue, entry, now):
                return rival
        return None

    def _goes_before(
        self, rival: CallQueue, callers: list[Entry], queue: CallQueue, entry: Entry, now: float
    ) -> bool:
        heavier = rival.settings.weight - queue.settings.weight
        if heavier > 0:  # but it does not keep those that it has no callers for
            return len(callers) >= len(rival.free_members(now))
        if heavier < 0 or self.longest == "no":
            return False
        first = callers[0]
        if self.longest == "prio" and first.priority != entry.priority:
            return first.priority > entry.priority
        return first.joined_at < entry.joined_at
