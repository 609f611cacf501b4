"""What a media engine tells the control side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from switchroom.media.stream_plan import Address
from switchroom.rtp.rtcp import Report


@dataclass(frozen=True, slots=True)
class DtmfBegan:
    """A digit key went down (reported once, whatever is lost or sent again)."""

    digit: str


@dataclass(frozen=True, slots=True)
class DtmfEnded:
    """A digit key went up."""

    digit: str
    duration: float  #: seconds


@dataclass(frozen=True, slots=True)
class RtpTimedOut:
    """Nothing was received for ``receive_timeout`` of the plan; told once until a packet comes."""

    silent_for: float  #: seconds


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """A tone that :meth:`Stream.watch_tone` names has lasted long enough; told once."""

    number: int


@dataclass(frozen=True, slots=True)
class ToneEnded:
    """It is over."""

    number: int
    duration: float  #: seconds


@dataclass(frozen=True, slots=True)
class PacketTraced:
    """A packet of audio was sent, or came; for :meth:`MediaEngine.trace_packets`."""

    is_sent: bool
    address: Address  #: where it went, or came from
    payload_type: int
    sequence: int
    timestamp: int
    octets: int


@dataclass(frozen=True, slots=True)
class RtcpReported:
    """A report was sent, or came; told while :meth:`MediaEngine.tell_reports` asks for it."""

    is_sent: bool
    report: Report
    address: Address  #: where it went, or came from


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """A recording stopped by itself; the file is whole."""

    path: Path
    reason: str  #: ``silence``, ``limit`` or ``error``
    duration: float  #: seconds of audio in the file


@dataclass(frozen=True, slots=True)
class TalkingBegan:
    """The party began to talk."""


@dataclass(frozen=True, slots=True)
class TalkingEnded:
    """The party fell silent, or its talking is watched no longer."""

    duration: float  #: seconds talked: from the first loud frame to the end of the last one


@dataclass(frozen=True, slots=True)
class PathFailed:
    """Audio will never flow: no check or no handshake came in time, or it led to nobody we want."""

    reason: str


MediaEvent = (
    DtmfBegan
    | DtmfEnded
    | RtpTimedOut
    | RtcpReported
    | RecordingEnded
    | TalkingBegan
    | TalkingEnded
    | ToneHeard
    | ToneEnded
    | PathFailed
)
MediaListener = Callable[[MediaEvent], None]


def no_listener(_: MediaEvent) -> None:
    """Whom a closed stream tells: nobody."""
