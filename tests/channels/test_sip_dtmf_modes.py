"""How digits travel, by ``dtmf_mode`` and by what the party knows."""

from __future__ import annotations

import pytest

from switchroom.media.api import StreamPlan
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.fakes import FakeEngine, FakeStream

EVENTS = OFFER.replace("AVP 0", "AVP 0 101") + "a=rtpmap:101 telephone-event/8000\r\n"
PHONE = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
dtmf_mode={mode}
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 1,1,Answer()
 same => n,SendDTMF(5)
 same => n,Wait(1000)
exten => 2,1,Answer()
 same => n,Set(PJSIP_DTMF_MODE()=inband)
 same => n,Wait(1000)
exten => 3,1,Answer()
 same => n,SIPDtmfMode(inband)
 same => n,Wait(1000)
exten => 4,1,Answer()
 same => n,SIPDtmfMode(rfc2833)
 same => n,Set(GLOBAL(MODE)=${PJSIP_DTMF_MODE()})
 same => n,Wait(1000)
"""


def stream_of(side: Side) -> FakeStream:
    engine = side.pbx.engine
    assert isinstance(engine, FakeEngine)
    return engine.streams[-1]


def plan_of(side: Side) -> StreamPlan:
    plan = stream_of(side).plan
    assert plan is not None
    return plan


@pytest.mark.parametrize(
    ("mode", "offer", "hears_tones", "event"),
    [
        ("inband", EVENTS, True, None),
        ("rfc4733", EVENTS, False, 101),
        ("rfc4733", OFFER, False, None),
        ("auto", EVENTS, False, 101),
        ("auto", OFFER, True, None),
        ("auto_info", OFFER, False, None),
        ("info", EVENTS, False, None),
        ("none", EVENTS, False, None),
    ],
)
def test_what_the_engine_listens_for(
    mode: str, offer: str, hears_tones: object, event: int | None
) -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri("1"), side.flow, sdp=offer)
        plan = plan_of(side)
        assert (plan.hears_tones, plan.telephone_event) == (hears_tones, event)

    play(story, PHONE.replace("{mode}", mode), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("mode", "offer", "by_engine", "by_info"),
    [
        ("inband", EVENTS, ["5"], 0),
        ("auto", OFFER, ["5"], 0),
        ("auto_info", OFFER, [], 1),
        ("info", EVENTS, [], 1),
        ("none", EVENTS, [], 0),
    ],
)
def test_how_a_digit_is_sent(mode: str, offer: str, by_engine: list[str], by_info: int) -> None:
    async def story(side: Side) -> None:
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
        await side.far.call(side.uri("1"), side.flow, sdp=offer)
        await side.far.until(lambda: side.far.now > 2)
        assert [digit for digit, _ in stream_of(side).sent_digits] == by_engine
        assert len(side.far.requests("INFO")) == by_info

    play(story, PHONE.replace("{mode}", mode), dialplan=DIALPLAN)


@pytest.mark.parametrize("number", ["2", "3"])
def test_the_dialplan_changes_it_within_a_call(number: str) -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri(number), side.flow, sdp=EVENTS)
        await side.far.until(lambda: plan_of(side).hears_tones)

    play(story, PHONE.replace("{mode}", "rfc4733"), dialplan=DIALPLAN)


def test_the_older_name_of_a_mode() -> None:
    async def story(side: Side) -> None:
        await side.far.call(side.uri("4"), side.flow, sdp=EVENTS)
        await side.far.until(lambda: side.pbx.global_variables.get("MODE") == "rfc4733")

    play(story, PHONE.replace("{mode}", "inband"), dialplan=DIALPLAN)
