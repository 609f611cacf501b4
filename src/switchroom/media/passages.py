"""Media that are passed on as they come: video, and fax over UDPTL. Nothing of them is decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Protocol

from switchroom.media.api import (
    Address,
    Direction,
    DtlsPlan,
    IcePlan,
    Protection,
    StreamStatistics,
)

#: Encoding names of the video codecs that can be told apart, upper case.
VIDEO_CODECS = ("VP8", "VP9", "H264", "H265", "H263-1998", "H263")

VIDEO_CLOCK_RATE = 90000  #: hertz, of all of them


class Carries(Enum):
    """What is passed on."""

    VIDEO = auto()  #: RTP, with RTCP and its feedback
    DATAGRAMS = auto()  #: whatever comes: UDPTL


@dataclass(frozen=True, slots=True)
class PassagePlan:
    """What offer and answer agreed on for one of them."""

    carries: Carries
    remote: Address | None = None  #: where to send; None: nowhere yet
    payload_types: Mapping[str, int] = field(default_factory=dict)  #: by encoding name
    direction: Direction = Direction.SENDRECV
    symmetric: bool = True  #: send to the address that packets come from, once learned
    rtcp_mux: bool = False
    tos: int = 0  #: as in :class:`~.stream_plan.StreamPlan`
    priority: int = 0
    protection: Protection | None = None
    dtls: DtlsPlan | None = None  #: keys come of a handshake instead of :attr:`protection`
    ice: IcePlan | None = None
    reach_timeout: float | None = None  #: seconds until it is given up; None: never
    ports: tuple[int, int] | None = None  #: the range of its ports; None: that of RTP


class Passage(Protocol):
    """One party's video, or fax."""

    @property
    def local_address(self) -> Address:
        """Host and port to announce in SDP."""
        ...

    def update(self, plan: PassagePlan) -> None:
        """Go on with another plan; the socket stays."""
        ...

    def statistics(self) -> StreamStatistics:
        """Counters until now; stay readable after :meth:`close`."""
        ...

    def close(self) -> None:
        """Release the socket. Closing twice is harmless."""
        ...
