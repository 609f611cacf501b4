"""What happens in parking lots."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ParkingChange(StrEnum):
    """What happened; the values are the names of AMI's events."""

    PARKED = "ParkedCall"
    FETCHED = "UnParkedCall"
    TIMED_OUT = "ParkedCallTimeOut"
    GAVE_UP = "ParkedCallGiveUp"


@dataclass(frozen=True, slots=True)
class ParkingChanged:
    """A call was parked, fetched, left for too long, or hung up in its space."""

    change: ParkingChange
    channel: str  #: that is parked
    lot: str
    space: int
    parker: str  #: the device of who parked it, ``PJSIP/100``
    timeout: float  #: seconds until it comes back; 0: never
    duration: float = 0.0  #: seconds that it stood there
    fetcher: str = ""  #: the channel that fetched it
