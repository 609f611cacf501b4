"""What the dialplan hears of a call's RTCP."""

from __future__ import annotations

import pytest

from switchroom.media.api import StreamStatistics
from switchroom.media.quality import Series, StreamQuality
from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.fakes import FakeEngine, FakeStream

PHONE = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
"""
COUNTED = StreamStatistics(100, 90, 0, 0, 0, 10, 0.012, 0.105)
REPORTED = StreamQuality(
    local_ssrc=11,
    remote_ssrc=22,
    reported_lost=7,
    local_jitter=Series(2, 0.012, 0.01, 0.02, 0.03, 0.0005),
    remote_jitter=Series(1, 0.003, 0.003, 0.003, 0.003, 0.000009),
    local_score=Series(1, 80.5, 80.5, 80.5, 80.5, 6480.25),
    remote_score=Series(1, 91.0, 91.0, 91.0, 91.0, 8281.0),
    round_trip=Series(1, 0.105, 0.105, 0.105, 0.105, 0.011025),
)
ALL = (
    "ssrc=11;themssrc=22;lp=10;rxjitter=0.012000;rxcount=90;txjitter=0.003000;txcount=100;rlp=7"
    ";rtt=0.105000;txmes=91.000000;rxmes=80.500000"
)


def streams_of(side: Side) -> list[FakeStream]:
    engine = side.pbx.engine
    assert isinstance(engine, FakeEngine)
    return engine.streams


@pytest.mark.parametrize(
    ("item", "value"),
    [
        ("rtcp,all", ALL),
        ("rtcp,all,audio", ALL),
        ("rtcp,all,video", ""),
        ("rtcp,rxcount", "90"),
        ("rtcp,txploss", "7"),
        ("rtcp,rtt", "0.105000"),
        ("rtcp,local_maxjitter", "0.020000"),
        ("rtcp,local_normdevjitter", "0.015000"),
        ("rtcp,local_stdevjitter", "0.005000"),
        ("rtcp,remote_minmes", "91.000000"),
        ("rtcp,all_rtt", "minrtt=0.105000;maxrtt=0.105000;avgrtt=0.105000;stdevrtt=0.000000;"),
        ("rtcp,smoke", ""),
        ("rtp,src", "127.0.0.1:10000"),
        ("rtp,dest", "127.0.0.1:4000"),
        ("rtp,secure", "0"),
        ("rtp,hold", "0"),
        ("rtp", ""),
        ("endpoint", "alice"),
        ("pjsip,t38state", "DISABLED"),
        ("pjsip,secure", "0"),
        ("pjsip,call-id", "far2"),
        ("pjsip,remote_tag", "far1"),
        ("pjsip,smoke", ""),
    ],
)
def test_an_item(item: str, value: str) -> None:
    dialplan = (
        "[in]\nexten => 1,1,Answer()\n same => n,Wait(1)\n"
        f" same => n,Set(DB(t/x)=${{CHANNEL({item})}})\n same => n,Wait(100)\n"
    )

    async def story(side: Side) -> None:
        await side.far.call(side.uri("1"), side.flow)
        streams_of(side)[0].counted, streams_of(side)[0].reported = COUNTED, REPORTED
        await side.far.until(lambda: side.far.now > 2)
        assert (side.pbx.astdb.get("t", "x") or "") == value

    play(story, PHONE, dialplan=dialplan)


def test_variables_are_there_for_h_on_both_sides() -> None:
    dialplan = (
        "[in]\nexten => 1,1,Dial(PJSIP/alice,,g)\n"
        "exten => h,1,Set(DB(t/own)=${RTPAUDIOQOS})\n"
        " same => n,Set(DB(t/peer)=${RTPAUDIOQOSBRIDGED})\n"
        " same => n,Set(DB(t/jitter)=${RTPAUDIOQOSJITTER})\n"
    )

    async def story(side: Side) -> None:
        called: list[Session] = []

        def accept(session: Session) -> None:
            session.accept(OFFER, now=side.far.now)
            called.append(session)

        side.far.on_invite = accept
        await side.far.call(side.uri("1"), side.flow)
        await side.far.until(lambda: side.far.now > 1)
        for stream in streams_of(side):
            stream.counted, stream.reported = COUNTED, REPORTED
        called[0].end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: side.pbx.astdb.get("t", "jitter"))
        assert side.pbx.astdb.get("t", "own") == ALL
        assert side.pbx.astdb.get("t", "peer") == ALL
        jitter = side.pbx.astdb.get("t", "jitter") or ""
        assert jitter.startswith("minrxjitter=0.010000;maxrxjitter=0.020000;avgrxjitter=0.015000")

    play(story, PHONE, dialplan=dialplan)
