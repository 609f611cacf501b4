"""Sender and receiver reports of RTCP (RFC 3550 §6.4)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

SENDER_REPORT = 200
RECEIVER_REPORT = 201


@dataclass(frozen=True, slots=True)
class SenderInfo:
    """What the sender of a report sent itself."""

    ntp_seconds: int  #: since 1900
    ntp_fraction: int  #: 2**-32 seconds
    timestamp: int
    packets: int
    octets: int


@dataclass(frozen=True, slots=True)
class ReceptionReport:
    """How one source is received."""

    source: int  #: its SSRC
    fraction_lost: int  #: since the report before, in parts of 256
    cumulative_lost: int  #: packets; negative where some came twice
    highest_sequence: int
    sequence_cycles: int  #: how often the sequence number began anew
    jitter: int  #: units of the timestamp
    last_report: int  #: middle of the NTP time of the source's last report, 0: none
    delay: int  #: since that report, in 1/65536 seconds


@dataclass(frozen=True, slots=True)
class Report:
    """A report; ``sender`` is None in a receiver report."""

    ssrc: int
    sender: SenderInfo | None
    blocks: tuple[ReceptionReport, ...]

    @property
    def packet_type(self) -> int:
        """200 or 201."""
        return RECEIVER_REPORT if self.sender is None else SENDER_REPORT


def parse_report(data: bytes) -> Report | None:
    """Read the report that a compound begins with.

    Args:
        data: Perhaps cut off behind its first block; blocks that are not there are left out.

    Returns:
        None where it is no report.
    """
    if len(data) < 8 or data[0] >> 6 != 2 or data[1] not in {SENDER_REPORT, RECEIVER_REPORT}:
        return None
    count, at, sender = data[0] & 31, 8, None
    if data[1] == SENDER_REPORT:
        if len(data) < 28:
            return None
        sender, at = SenderInfo(*struct.unpack_from("!5I", data, 8)), 28
    ends = range(at + 24, min(at + 24 * count, len(data)) + 1, 24)
    blocks = tuple(_block(data, end - 24) for end in ends)
    return Report(struct.unpack_from("!I", data, 4)[0], sender, blocks)


def _block(data: bytes, at: int) -> ReceptionReport:
    source, loss, cycles, highest, jitter, last, delay = struct.unpack_from("!IIHHIII", data, at)
    lost = loss & 0xFFFFFF
    return ReceptionReport(
        source, loss >> 24, lost - (1 << 24) if lost & 0x800000 else lost, highest, cycles, jitter,
        last, delay,
    )  # fmt: skip
