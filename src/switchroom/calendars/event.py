"""An appointment, as the dialplan sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from switchroom.base.errors import SwitchroomError


class CalendarError(SwitchroomError):
    """A calendar cannot be read, or not be written; the message says why, and no secret."""


class BusyState(IntEnum):
    """What an appointment says of whoever has it."""

    FREE = 0
    TENTATIVE = 1
    BUSY = 2


@dataclass(frozen=True, slots=True)
class Event:
    """One appointment; of a series, one of its times. Instants are seconds since the epoch."""

    uid: str
    start: float
    end: float
    summary: str = ""
    description: str = ""
    organizer: str = ""
    location: str = ""
    categories: str = ""
    priority: int = 0
    busy: BusyState = BusyState.BUSY
    alarms: tuple[float, ...] = ()  #: when it wants to be reminded of, in order

    def takes_time_at(self, moment: float) -> bool:
        """Whether somebody is busy with it."""
        return self.busy > BusyState.FREE and self.start <= moment < self.end


def is_within(start: float, end: float, since: float, until: float) -> bool:
    """Whether any of a span lies between two instants; of one without a length, its beginning."""
    return start < until and (end > since or start >= since)
