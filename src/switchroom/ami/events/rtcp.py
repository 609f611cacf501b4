"""Reports of RTCP."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.reply import HeaderList
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.rtcp_events import RtcpReceived, RtcpSent
from switchroom.rtp.rtcp import SENDER_REPORT, Report

NTP_TO_UNIX = 2_208_988_800  #: seconds from 1900 to 1970


def _report(report: Report, before: HeaderList) -> HeaderList:
    kind = "SR" if report.packet_type == SENDER_REPORT else "RR"
    headers = [
        ("SSRC", f"0x{report.ssrc:08x}"),
        ("PT", f"{report.packet_type}({kind})"),
        *before,
        ("ReportCount", str(len(report.blocks))),
    ]
    if (sender := report.sender) is not None:
        seconds = sender.ntp_seconds - NTP_TO_UNIX
        micros = sender.ntp_fraction * 1_000_000 >> 32
        headers += [
            ("SentNTP", f"{seconds}.{micros:06}"),
            ("SentRTP", str(sender.timestamp)),
            ("SentPackets", str(sender.packets)),
            ("SentOctets", str(sender.octets)),
        ]
    for number, block in enumerate(report.blocks):
        headers += [
            (f"Report{number}SourceSSRC", f"0x{block.source:08x}"),
            (f"Report{number}FractionLost", str(block.fraction_lost)),
            (f"Report{number}CumulativeLost", str(block.cumulative_lost)),
            (f"Report{number}HighestSequence", str(block.highest_sequence)),
            (f"Report{number}SequenceNumberCycles", str(block.sequence_cycles)),
            (f"Report{number}IAJitter", str(block.jitter)),
            (f"Report{number}LSR", str(block.last_report)),
            (f"Report{number}DLSR", f"{block.delay / 65536:.4f}"),
        ]
    return headers


def _address(address: tuple[str, int]) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@told_as(RtcpSent, Privilege.REPORTING)
def sent(view: Snapshots, event: RtcpSent) -> Iterator[Told]:
    """We reported how we hear a party."""
    to = [("To", _address(event.address))]
    yield "RTCPSent", [*view.named(event.channel), *_report(event.report, to)]


@told_as(RtcpReceived, Privilege.REPORTING)
def received(view: Snapshots, event: RtcpReceived) -> Iterator[Told]:
    """A party reported how it hears us."""
    origin = [("From", _address(event.address))]
    if event.round_trip is not None:
        origin.append(("RTT", f"{event.round_trip:.4f}"))
    yield "RTCPReceived", [*view.named(event.channel), *_report(event.report, origin)]
