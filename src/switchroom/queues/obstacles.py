"""What keeps a member from being offered a call."""

from __future__ import annotations

from enum import StrEnum


class Obstacle(StrEnum):
    """In the order in which they are looked for: the first one counts."""

    PAUSED = "paused"
    STATE = "state"  #: of its device
    TALKING = "talking"  #: in a call of this queue
    WRAP_UP = "wrap-up"
    CLAIMED = "claimed"  #: another caller, of this queue or another, is being offered to it
    PENALTY = "penalty"  #: beyond the caller's limits
    SKILL = "skill"
    WEIGHT = "weight"  #: a heavier queue, or a caller who waits longer elsewhere, goes before
    REFUSED = "refused"  #: did not take this very call a moment ago
