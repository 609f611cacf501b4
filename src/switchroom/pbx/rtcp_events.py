"""Events about RTCP reports: what AMI calls RTCPSent and RTCPReceived."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.media.api import RtcpReported, Stream
from switchroom.media.quality import opinion_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.rtp.rtcp import Report


@dataclass(frozen=True, slots=True)
class RtcpSent:
    """We reported how we hear a channel's party (AMI: RTCPSent)."""

    channel: str
    unique_id: str
    address: tuple[str, int]  #: where it went
    report: Report
    opinion: float | None  #: mean opinion score of what we hear; None before there is any


@dataclass(frozen=True, slots=True)
class RtcpReceived:
    """A channel's party reported how it hears us (AMI: RTCPReceived)."""

    channel: str
    unique_id: str
    address: tuple[str, int]  #: where it came from
    report: Report
    opinion: float | None  #: mean opinion score of what it hears
    round_trip: float | None  #: seconds


class _Demand:
    """Of one node: reports are told while either event is wanted."""

    def __init__(self) -> None:
        self.kinds: dict[type[object], bool] = {}


def serve_reports(pbx: Pbx) -> None:
    """Let the engine tell of reports while somebody listens to these events."""
    demand = pbx.datastore(_Demand)

    def listen(kind: type[object]) -> None:
        def told(wanted: bool) -> None:  # noqa: FBT001  # the bus has one shape of callback
            demand.kinds[kind] = wanted
            pbx.engine.tell_reports(enabled=any(demand.kinds.values()))

        pbx.events.on_demand(kind, told)

    if not demand.kinds:
        listen(RtcpSent)
        listen(RtcpReceived)


def publish_report(channel: Channel, stream: Stream, event: RtcpReported) -> None:
    """A channel's stream sent or got a report."""
    events, quality = channel.pbx.events, stream.quality()
    who = (channel.name, channel.unique_id, event.address, event.report)
    if event.is_sent and events.wants(RtcpSent):
        heard = quality.local_score
        events.publish(RtcpSent(*who, opinion_of(heard.last) if heard.count else None))
    elif not event.is_sent and events.wants(RtcpReceived):
        heard = quality.remote_score
        opinion = opinion_of(heard.last) if heard.count else None
        trip = quality.round_trip.last if quality.round_trip.count else None
        events.publish(RtcpReceived(*who, opinion, trip))
