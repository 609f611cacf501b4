"""What was decided, and what it was decided on: kept for who asks why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from switchroom.config.queues.skills import Requirement
from switchroom.queues.entry import Entry
from switchroom.queues.member import Member
from switchroom.queues.obstacles import Obstacle

KEPT = 20  #: decisions of a queue

#: A free member that a caller may not have, why, and the penalty or the skills it had.
Unfit = tuple[Member, Obstacle, object]
#: Penalty, merit of its skills, and what the strategy makes of it.
Rank = tuple[int, int, tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Survey:
    """All members of a queue at one moment, side by side: a big queue looks thousands of times.

    Attributes:
        members: Who.
        obstacles: What stands in their way.
        details: Of the obstacle, as it was then: a device's state, reason and time of a pause,
            the end of a wrap-up, who has claimed the device.
    """

    members: list[Member]
    obstacles: list[Obstacle | None]
    details: list[object]

    @property
    def free(self) -> list[Member]:
        """Those that nothing keeps."""
        pairs = zip(self.members, self.obstacles, strict=True)
        return [member for member, obstacle in pairs if obstacle is None]


@dataclass(frozen=True, slots=True)
class Decision:
    """Who is offered one caller.

    Attributes:
        seen: All members, as they were when the queue looked.
        unfit: Those of the free ones that this caller may not have.
        ranked: The others, who is rung first in front.
        taken: Who is offered it.
    """

    at: float
    entry: Entry
    strategy: str
    lowest: int
    highest: int
    requirement: Requirement
    seen: Survey
    unfit: Sequence[Unfit]
    ranked: Sequence[tuple[Rank, Member]]
    taken: tuple[Member, ...]


@dataclass(slots=True)
class Decisions:
    """The last ones of a queue, the newest behind."""

    kept: list[Decision] = field(default_factory=list)

    def keep(self, decision: Decision) -> None:
        """Keep it, and forget the oldest."""
        self.kept.append(decision)
        if len(self.kept) > KEPT:
            del self.kept[0]

    def of(self, name: str) -> Decision | None:
        """The last one about a caller, by its channel or unique id; without a name the last."""
        wanted = (d for d in reversed(self.kept) if not name or d.entry.is_called(name))
        return next(wanted, None)
