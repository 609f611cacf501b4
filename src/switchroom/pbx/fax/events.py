"""What happens to faxes, on the bus."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FaxProgressed:
    """A fax is about to begin, under way, over (AMI: FAXStatus)."""

    channel: str
    operation: str  #: send, receive, gateway
    status: str
    station_id: str  #: ours
    path: Path


@dataclass(frozen=True, slots=True)
class FaxEnded:
    """A fax went over, or did not (AMI: SendFAX, ReceiveFAX)."""

    channel: str
    sends: bool
    station_id: str  #: ours
    remote_station: str
    pages: int
    resolution: str  #: dots per inch
    rate: int  #: bit/s
    path: Path
