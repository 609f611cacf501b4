"""What a queue counts."""

from __future__ import annotations

from dataclasses import dataclass

WEIGHT = 4  #: one call in so many counts in an average


@dataclass(slots=True)
class Statistics:
    """Of one queue since they began."""

    completed: int = 0
    completed_in_time: int = 0  #: within the service level
    abandoned: int = 0
    abandoned_in_time: int = 0
    hold_time: float = 0.0  #: seconds, a running average
    talk_time: float = 0.0

    def connected(self, waited: float, service_level: float) -> None:
        """A caller reached somebody."""
        self.hold_time = _average(self.hold_time, waited)
        if service_level and waited <= service_level:
            self.completed_in_time += 1

    def talked(self, seconds: float) -> None:
        """A conversation is over."""
        self.completed += 1
        self.talk_time = _average(self.talk_time, seconds)

    def gave_up(self, waited: float, service_level: float) -> None:
        """A caller hung up before."""
        self.abandoned += 1
        if service_level and waited <= service_level:
            self.abandoned_in_time += 1

    @property
    def service_level_performance(self) -> float:
        """Percent of the completed calls that were answered in time."""
        return 100.0 * self.completed_in_time / self.completed if self.completed else 0.0

    @property
    def service_level_performance2(self) -> float:
        """Percent of all calls that were answered in time, those given up in time left out."""
        counted = self.completed + self.abandoned - self.abandoned_in_time
        return 100.0 * self.completed_in_time / counted if counted > 0 else 0.0


def _average(before: float, value: float) -> float:
    return ((WEIGHT - 1) * before + value) / WEIGHT
