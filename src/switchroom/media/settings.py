"""What counts for all streams of an engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """As ``rtp.conf`` has it."""

    rtcp_interval: float = 5.0  #: seconds between two reports
    probation: int = 4  #: packets of one source after which nobody else is heard
    is_strict: bool = True  #: whether that is so
    digit_timeout: float = 0.5  #: seconds without an update after which a key counts as up
    has_checksums: bool = True  #: of UDP, in what is sent
