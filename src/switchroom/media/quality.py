"""How well a stream is heard at either end, as its reports tell."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Series:
    """One figure over all reports of a stream; zeros before the first."""

    count: int = 0
    last: float = 0.0
    least: float = 0.0
    most: float = 0.0
    total: float = 0.0
    squares: float = 0.0

    @property
    def average(self) -> float:
        """The mean."""
        return self.total / self.count if self.count else 0.0

    @property
    def deviation(self) -> float:
        """The standard deviation."""
        if not self.count:
            return 0.0
        return math.sqrt(max(0.0, self.squares / self.count - self.average**2))


@dataclass(frozen=True, slots=True)
class StreamQuality:
    """What both ends report. Scores are the R of ITU-T G.107: see :func:`opinion_of`."""

    local_ssrc: int = 0
    remote_ssrc: int = 0
    reported_lost: int = 0  #: packets that the party misses of what we sent
    local_jitter: Series = field(default_factory=Series)  #: seconds
    local_loss: Series = field(default_factory=Series)  #: packets between two reports
    local_score: Series = field(default_factory=Series)
    remote_jitter: Series = field(default_factory=Series)  #: seconds, as the party reports it
    remote_loss: Series = field(default_factory=Series)
    remote_score: Series = field(default_factory=Series)
    round_trip: Series = field(default_factory=Series)  #: seconds


def opinion_of(score: float) -> float:
    """The mean opinion score of 1 to 4.5 that an R stands for (ITU-T G.107 annex B)."""
    if score <= 0:
        return 1.0
    if score >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * score + 7e-6 * score * (score - 60) * (100 - score))
