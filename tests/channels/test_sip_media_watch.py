"""A call whose audio stops coming ends; one that is held has longer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from switchroom.media.api import PathFailed, RtpTimedOut, StreamPlan
from switchroom.sip.events import SessionEnded
from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.fakes import FakeEngine, FakeStream

PHONE = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
rtp_timeout=30
rtp_timeout_hold=300
rtp_keepalive=15
tos_audio=ef
cos_audio=5
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 1,1,Progress()
 same => n,Wait(1)
 same => n,Answer()
 same => n,Wait(1000)
exten => 2,1,Dial(PJSIP/alice)
exten => h,1,Set(DB(t/cause)=${HANGUPCAUSE})
"""
PEER = """\
[general]
rtptimeout=40
rtpkeepalive=5
tos_audio=cs5
[alice]
type=friend
host=127.0.0.1
port={far}
context=in
rtpholdtimeout=400
"""


def streams_of(side: Side) -> list[FakeStream]:
    engine = side.pbx.engine
    assert isinstance(engine, FakeEngine)
    return engine.streams


def plan_of(side: Side) -> StreamPlan:
    plan = streams_of(side)[-1].plan
    assert plan is not None
    return plan


def awaits(side: Side, seconds: float) -> Callable[[], bool]:
    return lambda: plan_of(side).receive_timeout == seconds


async def offer(side: Side, session: Session, attribute: str) -> None:
    await side.far.until(lambda: session.offering is None)
    session.offer(OFFER + f"a={attribute}\r\n", now=side.far.now)
    side.far.pump()


async def call(side: Side, extension: str, sdp: str = OFFER) -> None:
    await side.far.call(side.uri(extension), side.flow, sdp=sdp)


def test_what_is_awaited_of_a_party_follows_the_call() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow)
        assert plan_of(side).receive_timeout == 30
        assert plan_of(side).keep_alive == 15
        assert (plan_of(side).tos, plan_of(side).priority) == (0xB8, 5)
        for attribute, seconds in (("sendonly", 300), ("inactive", 300), ("sendrecv", 30)):
            await offer(side, session, attribute)
            await side.far.until(awaits(side, seconds))

    play(story, PHONE, dialplan=DIALPLAN)


def test_nothing_is_awaited_before_the_answer() -> None:
    async def story(side: Side) -> None:
        calling = side.pbx.spawn(call(side, "1"), name="call")
        await side.far.until(lambda: streams_of(side))
        assert plan_of(side).receive_timeout is None
        await calling
        assert plan_of(side).receive_timeout == 30

    play(story, PHONE, dialplan=DIALPLAN)


def test_a_call_whose_audio_died_ends_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri("1"), side.flow)
        streams_of(side)[-1].listener(RtpTimedOut(30.0))
        await side.far.until(lambda: any(isinstance(e, SessionEnded) for e in side.far.events))
        assert side.pbx.astdb.get("t", "cause") == "44"
        assert "no RTP came for 30 seconds" in caplog.text

    play(story, PHONE, dialplan=DIALPLAN)


def test_a_called_party_is_watched_from_its_answer_on() -> None:
    async def story(side: Side) -> None:
        side.far.on_invite = lambda session: session.accept(OFFER, now=side.far.now)
        side.pbx.spawn(call(side, "2"), name="call")
        await side.far.until(lambda: len(streams_of(side)) == 2 and awaits(side, 30)())

    play(story, PHONE, dialplan=DIALPLAN)


def test_a_peer_of_sip_conf_is_watched_as_well() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow)
        assert (plan_of(side).receive_timeout, plan_of(side).keep_alive) == (40, 5)
        assert plan_of(side).tos == 0xA0
        await offer(side, session, "sendonly")
        await side.far.until(awaits(side, 400))

    play(story, "", sip=PEER, dialplan=DIALPLAN)


#: A party with checks and handshakes, as full an agent as browsers are.
BROWSER = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
webrtc=yes
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
"""
FINGERPRINT = ":".join(["AB"] * 32)
BROWSERS_OFFER = OFFER.replace("RTP/AVP", "UDP/TLS/RTP/SAVPF") + (
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefABCDEF\r\na=setup:actpass\r\n"
    f"a=fingerprint:sha-256 {FINGERPRINT}\r\na=rtcp-mux\r\n"
)


def test_checks_and_handshakes_are_awaited_from_the_answer_on() -> None:
    async def story(side: Side) -> None:
        calling = side.pbx.spawn(call(side, "1", BROWSERS_OFFER), name="call")
        await side.far.until(lambda: streams_of(side))
        early = plan_of(side)
        assert early.ice is not None
        assert early.dtls is not None
        assert early.reach_timeout is None, "it may ring for long, and take no early media"
        await calling
        assert plan_of(side).reach_timeout == 30
        assert (plan_of(side).ice, plan_of(side).dtls) == (early.ice, early.dtls)

    play(story, BROWSER, dialplan=DIALPLAN)


def test_who_is_never_reached_is_hung_up(caplog: pytest.LogCaptureFixture) -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri("1"), side.flow, sdp=BROWSERS_OFFER)
        streams_of(side)[-1].listener(PathFailed("no DTLS handshake came to an end"))
        await side.far.until(lambda: any(isinstance(e, SessionEnded) for e in side.far.events))
        assert side.pbx.astdb.get("t", "cause") == "44"
        assert "no way for its audio: no DTLS handshake came to an end" in caplog.text

    play(story, BROWSER, dialplan=DIALPLAN)
