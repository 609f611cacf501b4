"""Events about RTCP, and that nothing is told of reports while nobody listens."""

from __future__ import annotations

from switchroom.media.api import RtcpReported
from switchroom.media.quality import Series, StreamQuality
from switchroom.pbx.rtcp_events import RtcpReceived, RtcpSent, publish_report, serve_reports
from switchroom.rtp.rtcp import Report
from tests.support.fakes import FakeEngine, fake_stream, make_channel, make_pbx, run_virtual

REPORT = Report(1, None, ())
WHERE = ("192.0.2.1", 4001)


def test_the_engine_tells_while_somebody_listens() -> None:
    async def main() -> None:
        pbx = make_pbx()
        engine = pbx.engine
        assert isinstance(engine, FakeEngine)
        serve_reports(pbx)
        assert not engine.tells_reports
        first = pbx.events.subscribe(RtcpSent, print)
        second = pbx.events.subscribe(RtcpReceived, print)
        assert engine.tells_reports
        first()
        assert engine.tells_reports
        second()
        assert not engine.tells_reports

    run_virtual(main())


def test_an_event_says_how_well_it_is_heard() -> None:
    async def main() -> None:
        pbx = make_pbx()
        heard: list[object] = []
        pbx.events.subscribe(RtcpSent, heard.append)
        pbx.events.subscribe(RtcpReceived, heard.append)
        channel = make_channel(pbx)
        stream = await channel.stream()
        fake_stream(channel).reported = StreamQuality(
            local_score=Series(1, last=50.0), round_trip=Series(1, last=0.25)
        )
        publish_report(channel, stream, RtcpReported(is_sent=True, report=REPORT, address=WHERE))
        publish_report(channel, stream, RtcpReported(is_sent=False, report=REPORT, address=WHERE))
        who = (channel.name, channel.unique_id, WHERE, REPORT)
        assert heard == [RtcpSent(*who, 2.575), RtcpReceived(*who, None, 0.25)]

    run_virtual(main())
