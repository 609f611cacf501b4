"""Which rates to try, to find the highest that a server takes."""

from __future__ import annotations

from dataclasses import dataclass

GROWTH = 1.5  #: from one rate to the next, as long as all goes well
PRECISION = 1.08  #: two rates that are closer than this count as the same


@dataclass(slots=True)
class RateSearch:
    """Raises the rate until it is too much, then halves the gap.

    Attributes:
        rate: To try next.
        highest: The highest that went well; 0 as long as none did.
        is_over: There is nothing more to try.

    Args:
        rate: The first.
        limit: Never more than this.
    """

    rate: float
    limit: float
    highest: float = 0.0
    lowest_bad: float | None = None
    is_over: bool = False

    def tried(self, *, is_clean: bool) -> None:
        """Tell how :attr:`rate` went."""
        if is_clean:
            self.highest = max(self.highest, self.rate)
        else:
            self.lowest_bad = min(self.rate, self.lowest_bad or self.rate)
        self.rate = self._next()

    def _next(self) -> float:
        if self.lowest_bad is None:
            self.is_over = self.highest >= self.limit
            return min(self.highest * GROWTH, self.limit)
        lowest = self.highest or self.lowest_bad / GROWTH / GROWTH
        self.is_over = self.lowest_bad / lowest < PRECISION or self.lowest_bad < 1
        return (lowest + self.lowest_bad) / 2
