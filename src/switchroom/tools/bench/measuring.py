"""What a load sees, so that what several processes saw can be added up."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

RESOLUTION = 1.02  #: two spans that differ by less count as one
SHORTEST = 1e-5  #: seconds; whatever is shorter counts as this


class Spans:
    """How often something took how long; quantiles are right to two per cent."""

    def __init__(self) -> None:
        self._counts: Counter[int] = Counter()
        self.longest = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        step = math.log(max(seconds, SHORTEST) / SHORTEST, RESOLUTION)
        self._counts[round(step)] += 1
        self.longest = max(self.longest, seconds)

    def merge(self, other: Spans) -> None:
        """Count what another one has counted."""
        self._counts.update(other._counts)
        self.longest = max(self.longest, other.longest)

    @property
    def count(self) -> int:
        """How many there are."""
        return self._counts.total()

    def quantile(self, share: float) -> float | None:
        """What ``share`` of all, 0 to 1, did not exceed; None where there are none."""
        if not self._counts:
            return None
        wanted = share * self.count
        seen = 0
        for step in sorted(self._counts):
            seen += self._counts[step]
            if seen >= wanted:
                return min(SHORTEST * RESOLUTION**step, self.longest)
        return self.longest


@dataclass(slots=True)
class Audio:
    """Packets of all calls together."""

    sent: int = 0
    received: int = 0
    lost: int = 0
    silent: int = 0  #: calls on which nothing came
    jitter: Spans = field(default_factory=Spans)

    def merge(self, other: Audio) -> None:
        """Add what another one saw."""
        self.sent += other.sent
        self.received += other.received
        self.lost += other.lost
        self.silent += other.silent
        self.jitter.merge(other.jitter)


@dataclass(slots=True)
class Effort:
    """What making the load took: whether this side was the limit."""

    cpu_share: float = 0.0  #: of one core, the busiest process
    lag: Spans = field(default_factory=Spans)  #: how late calls were begun
    processes: int = 0

    def merge(self, other: Effort) -> None:
        """Add another process."""
        self.cpu_share = max(self.cpu_share, other.cpu_share)
        self.lag.merge(other.lag)
        self.processes += other.processes


@dataclass(slots=True)
class Tally:
    """What became of the calls, or of the registrations."""

    begun: int = 0
    done: int = 0  #: answered, or registered
    refused: Counter[int] = field(default_factory=Counter)  #: by status
    unanswered: int = 0
    dropped: int = 0  #: the server hung up before its time
    late: int = 0  #: first heard of after more than T1: what was sent was sent again
    answered: Spans = field(default_factory=Spans)  #: from the first packet to the 200
    up_at_once: int = 0
    audio: Audio = field(default_factory=Audio)
    effort: Effort = field(default_factory=Effort)
    seconds: float = 0.0  #: in which they were begun

    def merge(self, other: Tally) -> None:
        """Add what another process saw at the same time."""
        self.begun += other.begun
        self.done += other.done
        self.refused.update(other.refused)
        self.unanswered += other.unanswered
        self.dropped += other.dropped
        self.late += other.late
        self.answered.merge(other.answered)
        self.up_at_once += other.up_at_once
        self.audio.merge(other.audio)
        self.effort.merge(other.effort)
        self.seconds = max(self.seconds, other.seconds)

    @property
    def failed(self) -> int:
        """Refused, unanswered or dropped."""
        return self.refused.total() + self.unanswered + self.dropped

    @property
    def rate(self) -> float:
        """Begun in a second."""
        return self.begun / self.seconds if self.seconds else 0.0
