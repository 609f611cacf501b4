"""Texts within calls, over a socket."""

import asyncio

from switchroom.channels.local import LocalTechnology
from switchroom.sip.events import RequestReceived, ResponseReceived
from switchroom.sip.message import Request
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session
from tests.channels.sip_far_end import Side, play
from tests.channels.test_sip_calls import PHONES, Called

DIALPLAN = """\
[in]
exten => 1,1,Answer()
 same => n,SendText(Grüße)
 same => n,Set(DB(t/sent)=${SENDTEXTSTATUS} ${SENDTEXTTYPE})
 same => n,Wait(60)
exten => 2,1,Dial(PJSIP/bob,20)
exten => 3,1,Answer()
 same => n,ReceiveText(5)
 same => n,Set(DB(t/got)=${RECEIVETEXTSTATUS} ${RECEIVETEXTMESSAGE})
 same => n,ReceiveText(5)
 same => n,Set(DB(t/none)=${RECEIVETEXTSTATUS} ${RECEIVETEXTMESSAGE})
exten => 4,1,SendText(too early)
 same => n,Set(DB(t/early)=${SENDTEXTSTATUS})
exten => 5,1,Answer()
 same => n,Dial(Local/6@in/n)
exten => 6,1,Answer()
 same => n,Wait(1)
 same => n,SendText(through)
 same => n,Wait(60)
"""


def messages(side: Side) -> list[Request]:
    return [
        event.incoming.request
        for event in side.far.events
        if isinstance(event, RequestReceived) and event.incoming.request.method == "MESSAGE"
    ]


def say(side: Side, session: Session, text: bytes, kind: str = "text/plain") -> None:
    headers = (("Content-Type", kind),)
    session.request_within("MESSAGE", now=side.far.now, headers=headers, body=text)
    side.far.pump()


def kept(side: Side, key: str) -> str | None:
    return side.pbx.astdb.get("t", key)


def test_a_text_is_sent_to_the_phone() -> None:
    async def story(side: Side) -> None:
        Called(side)
        await side.far.call(side.uri("1"), side.flow)
        await side.far.until(lambda: kept(side, "sent"))
        (message,) = messages(side)
        assert message.body.decode() == "Grüße"
        assert message.get("content-type") == "text/plain;charset=UTF-8"
        assert kept(side, "sent") == "SUCCESS ENHANCED"

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_text_that_is_refused_or_too_early() -> None:
    async def story(side: Side) -> None:
        def refuse(incoming: IncomingRequest) -> None:
            incoming.respond(488, now=side.far.now)

        side.far.answers = refuse
        await side.far.call(side.uri("1"), side.flow)
        await side.far.until(lambda: kept(side, "sent"))
        assert kept(side, "sent") == "FAILURE ENHANCED"
        side.far.invite(side.uri("4"), side.flow)
        await side.far.until(lambda: kept(side, "early"))
        assert kept(side, "early") == "FAILURE"

    play(story, PHONES, dialplan=DIALPLAN)


def test_the_dialplan_waits_for_a_text() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("3"), side.flow)
        await asyncio.sleep(2)
        say(side, session, b"hello there")
        await side.far.until(lambda: kept(side, "none"))
        assert kept(side, "got") == "SUCCESS hello there"
        assert kept(side, "none") == "FAILURE "

    play(story, PHONES, dialplan=DIALPLAN)


def test_parties_of_a_call_write_to_each_other() -> None:
    async def story(side: Side) -> None:
        Called(side)
        caller = await side.far.call(side.uri("2"), side.flow)
        await asyncio.sleep(1)
        say(side, caller, b"psst")
        await side.far.until(lambda: messages(side))
        assert messages(side)[0].body == b"psst"
        say(side, caller, b"\x89PNG", "image/png")
        await side.far.until(
            lambda: [
                e
                for e in side.far.events
                if isinstance(e, ResponseReceived) and e.response.status == 415
            ]
        )
        assert len(messages(side)) == 1

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_text_goes_through_local_channels() -> None:
    async def story(side: Side) -> None:
        Called(side)
        side.pbx.technologies = {**side.pbx.technologies, "LOCAL": LocalTechnology()}
        await side.far.call(side.uri("5"), side.flow)
        await side.far.until(lambda: messages(side))
        assert messages(side)[0].body == b"through"

    play(story, PHONES, dialplan=DIALPLAN)
