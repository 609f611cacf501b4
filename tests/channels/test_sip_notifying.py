"""NOTIFYs that nobody subscribed to, and what the dialplan does with sessions."""

import asyncio

import pytest

from switchroom.channels.sip.added_headers import HeaderError
from switchroom.channels.sip.presence.notifying import (
    Notification,
    notification_of,
    notify_channel,
    notify_endpoint,
    notify_uri,
)
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.notify import read_pjsip_notify
from switchroom.pbx.transfers.by_program import (
    ProgramTransfers,
    TransferProgress,
    TransferWanted,
)
from switchroom.sip.events import OfferReceived, RequestReceived, SessionEnded
from switchroom.sip.message import Request
from switchroom.sip.session import Session, SessionState
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.fakes import fake_stream

PHONES = "".join(
    f"[{name}]\ntype=endpoint\ncontext=in\nallow=ulaw,alaw\naors={name}\n{{more}}"
    f"[{name}]\ntype=aor\ncontact=sip:{name}@127.0.0.1:{{far}}\n"
    for name in ("alice", "bob")
)
DIALPLAN = """\
[in]
exten => 1,1,Answer()
 same => n,PJSIPNotify(,Event=talk&X-Line=2)
 same => n,PJSIPNotify(alice,Event=check-sync)
 same => n,PJSIPNotify(<sip:x@127.0.0.1:${PORT}>,Event=hi&Content-Type=text/plain&Content=a&Content=b)
 same => n,Set(DB(t/done)=1)
 same => n,Wait(30)
exten => 2,1,Set(PJSIP_INHERITABLE_HEADER(add,X-Tenant)=blue)
 same => n,Set(PJSIP_INHERITABLE_HEADER(add,X-Gone)=1)
 same => n,Set(PJSIP_INHERITABLE_HEADER(update,X-Tenant)=green)
 same => n,Set(PJSIP_INHERITABLE_HEADER(remove,X-Gone)=)
 same => n,Dial(Local/bob@in)
exten => bob,1,Dial(PJSIP/bob,20,b(offer^1))
exten => offer,1,Set(PJSIP_MEDIA_OFFER(audio)=alaw)
 same => n,Set(DB(t/offer)=${PJSIP_MEDIA_OFFER(audio)}${PJSIP_MEDIA_OFFER(video)})
 same => n,Return()
exten => 3,1,PJSIPHangup(${WHAT})
exten => 4,1,Answer()
 same => n,Set(PJSIP_MEDIA_OFFER(audio)=alaw)
 same => n,Set(PJSIP_SEND_SESSION_REFRESH()=${METHOD})
 same => n,Wait(30)
exten => 5,1,Dial(PJSIP/bob,20)
exten => 6,1,Answer()
 same => n,Set(PJSIP_TRANSFER_HANDLING()=ari-only)
 same => n,Set(DB(t/moh)=${PJSIP_MOH_PASSTHROUGH()})
 same => n,Set(PJSIP_MOH_PASSTHROUGH()=yes)
 same => n,Set(DB(t/moh)=${DB(t/moh)}${PJSIP_MOH_PASSTHROUGH()})
 same => n,Wait(30)
"""
ALAW = OFFER.replace("AVP 0", "AVP 8").replace("0 PCMU", "8 PCMA")


def phones(more: str = "") -> str:
    return PHONES.format(more=more, far="{far}")


def listen(side: Side, sdp: str = OFFER) -> list[Session]:
    calls: list[Session] = []

    def invite(session: Session) -> None:
        calls.append(session)
        session.accept(sdp, now=side.far.now)

    side.far.on_invite = invite
    side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
    return calls


def notifies(side: Side) -> list[Request]:
    return [
        event.incoming.request
        for event in side.far.events
        if isinstance(event, RequestReceived) and event.incoming.request.method == "NOTIFY"
    ]


def test_the_dialplan_notifies() -> None:
    async def story(side: Side) -> None:
        listen(side)
        side.pbx.global_variables["PORT"] = str(side.far.port)
        alice = await side.far.call(side.uri("1"), side.flow)
        await side.far.until(lambda: side.pbx.astdb.get("t", "done"))
        await side.far.until(lambda: len(notifies(side)) == 3)
        by_event = {each.get("event"): each for each in notifies(side)}
        within = by_event["talk"]
        assert within.call_id == alice.call_id
        assert within.get("x-line") == "2"
        outside = by_event["check-sync"]
        assert outside.uri == f"sip:alice@127.0.0.1:{side.far.port}"
        assert outside.get("subscription-state") == "terminated"
        assert by_event["hi"].body == b"a\r\nb\r\n"
        assert by_event["hi"].get("content-type") == "text/plain"

    play(story, phones(), dialplan=DIALPLAN)


def test_who_cannot_be_told() -> None:
    async def story(side: Side) -> None:
        listen(side)
        what = Notification((("Event", "x"),))
        nobody = side.service.settings.endpoints["bob"]
        assert await notify_endpoint(side.service, nobody, what) == 1
        assert not await notify_uri(side.service, "sip:x@nowhere.invalid;transport=tls", what)
        channel = await side.pbx.technologies["PJSIP"].request(side.pbx, "bob", None)
        assert not notify_channel(channel, what)
        channel.finish()

    play(story, phones(), dialplan=DIALPLAN)


def test_kinds_are_read() -> None:
    kinds = read_pjsip_notify(
        parse_config(
            "[general]\n[reboot]\nEvent=>check-sync\\;reboot=true\nContact=>no\nContent=>x\n"
        )
    )
    assert list(kinds) == ["reboot"]
    what = notification_of(kinds["reboot"])
    assert what.headers == (
        ("Event", "check-sync;reboot=true"),
        ("Subscription-State", "terminated"),
    )
    assert what.body == b"x\r\n"


@pytest.mark.parametrize(
    "pairs", [[], [("Via", "x")], [("Event", "a\r\nb")], [("Content", "a\nb")]]
)
def test_what_is_no_notification(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(HeaderError):
        notification_of(pairs)


def test_headers_and_codecs_of_a_call_that_comes_of_another() -> None:
    async def story(side: Side) -> None:
        listen(side, ALAW)
        await side.far.call(side.uri("2"), side.flow)
        invite = side.far.requests("INVITE")[0]
        assert invite.fields["x-tenant"] == ["green"]
        assert "x-gone" not in invite.fields
        assert "m=audio" in invite.body.decode()
        assert "PCMU" not in invite.body.decode()
        assert side.pbx.astdb.get("t", "offer") == "(alaw)(nothing)"

    play(story, phones(), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("what", "status"), [("486", 486), ("NOT_FOUND", 404), ("603", 603), ("BUSY_HERE", 486)]
)
def test_a_refusal_with_a_status(what: str, status: int) -> None:
    async def story(side: Side) -> None:
        side.pbx.global_variables["WHAT"] = what
        session = await side.far.call(side.uri("3"), side.flow)
        outcome = side.far.outcome(session)
        assert isinstance(outcome, SessionEnded)
        assert outcome.status == status

    play(story, phones(), dialplan=DIALPLAN)


@pytest.mark.parametrize("method", ["invite", "update"])
def test_a_session_is_offered_again(method: str) -> None:
    async def story(side: Side) -> None:
        listen(side)
        side.pbx.global_variables["METHOD"] = method
        session = await side.far.call(side.uri("4"), side.flow)
        await side.far.until(lambda: session.waiting_offer)
        waiting = session.waiting_offer
        assert waiting is not None
        assert waiting.request.method == method.upper()
        assert "PCMA" in session.remote_sdp
        assert "PCMU" not in session.remote_sdp
        session.answer_offer(ALAW, now=side.far.now)
        side.far.pump()
        (channel,) = side.pbx.channels.values()
        await asyncio.sleep(1)
        plan = fake_stream(channel).plan
        assert plan is not None
        assert plan.codec == "PCMA"

    play(story, phones(), dialplan=DIALPLAN)


def test_hold_is_passed_on() -> None:
    async def story(side: Side) -> None:
        calls = listen(side)
        alice = await side.far.call(side.uri("5"), side.flow)
        (bob,) = calls
        await side.far.until(lambda: bob.state is SessionState.CONFIRMED)
        for direction in ("sendonly", "sendrecv"):
            alice.offer(f"{OFFER}a={direction}\r\n", now=side.far.now)
            side.far.pump()
            await side.far.until(lambda: bob.waiting_offer)
            assert f"a={direction}" in bob.remote_sdp
            bob.answer_offer(OFFER, now=side.far.now)
            side.far.pump()
            await asyncio.sleep(1)
        told = [e for e in side.far.events if isinstance(e, OfferReceived)]
        assert len(told) == 2

    play(story, phones("moh_passthrough=yes\n"), dialplan=DIALPLAN)


def test_transfers_that_nobody_carries_out() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("6"), side.flow)
        await side.far.until(lambda: side.pbx.astdb.get("t", "moh") == "noyes")
        answered: list[int] = []

        class Asker:
            def on_response(self, outgoing: object, response: object, *, now: float) -> None:
                answered.append(response.status)  # type: ignore[attr-defined]  # a Response

            def on_timeout(self, outgoing: object, *, now: float) -> None:
                answered.append(0)

        session.request_within(
            "REFER", now=side.far.now, headers=(("Refer-To", "<sip:1@pbx>"),), user=Asker()
        )
        side.far.pump()
        await side.far.until(lambda: answered)
        assert answered == [603]

    play(story, phones(), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("progress", "fragment"),
    [
        (TransferProgress.ANSWERED, b"SIP/2.0 200 OK\r\n"),
        (TransferProgress.DECLINED, b"SIP/2.0 603 Decline\r\n"),
    ],
)
def test_transfers_that_a_program_carries_out(progress: TransferProgress, fragment: bytes) -> None:
    async def story(side: Side) -> None:
        listen(side)
        told: list[TransferWanted] = []
        side.pbx.events.subscribe(TransferWanted, told.append)
        session = await side.far.call(side.uri("6"), side.flow)
        await side.far.until(lambda: side.pbx.astdb.get("t", "moh") == "noyes")
        headers = (("Refer-To", "<sip:1@pbx?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>"),)
        session.request_within("REFER", now=side.far.now, headers=headers, user=Nobody())
        side.far.pump()
        await side.far.until(lambda: told)
        (wanted,) = told
        assert (wanted.destination, wanted.call_id) == ("1", "a@b")
        assert wanted.parameters == (("to-tag", "1"), ("from-tag", "2"))
        channel = side.pbx.channels[wanted.channel]
        transfers = channel.datastore(ProgramTransfers)
        assert transfers.report(TransferProgress.PROGRESS)
        assert transfers.report(progress)
        assert not transfers.report(progress)
        await side.far.until(lambda: len(notifies(side)) == 3)
        bodies = [each.body for each in notifies(side)]
        assert bodies == [b"SIP/2.0 100 Trying\r\n", b"SIP/2.0 180 Ringing\r\n", fragment]
        assert not channel.is_hung_up

    play(story, phones(), dialplan=DIALPLAN)


class Nobody:
    def on_response(self, outgoing: object, response: object, *, now: float) -> None: ...

    def on_timeout(self, outgoing: object, *, now: float) -> None: ...
