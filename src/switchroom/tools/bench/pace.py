"""When to begin the next call: by the clock, not by how quickly the server answers.

A load that waits for answers slows down with the server, and hides what it should show.
"""

from __future__ import annotations


class Pace:
    """Spreads ``count`` beginnings evenly.

    Args:
        rate: A second.
        count: In all.
        now: When the first is due.
    """

    def __init__(self, rate: float, count: int, *, now: float) -> None:
        self._gap = 1 / rate
        self._count = count
        self._began_at = now
        self.begun = 0

    @property
    def is_done(self) -> bool:
        """Whether all have begun."""
        return self.begun >= self._count

    @property
    def next_at(self) -> float:
        """When the next one is due."""
        return self._began_at + self.begun * self._gap

    def due(self, *, now: float) -> int:
        """How many are to begin at ``now``; they count as begun."""
        owed = min(int((now - self._began_at) / self._gap + 1e-9) + 1, self._count)
        owed = max(owed - self.begun, 0)
        self.begun += owed
        return owed

    def late(self, *, now: float) -> float:
        """Seconds that the next one is behind its time."""
        return max(now - self.next_at, 0.0)
