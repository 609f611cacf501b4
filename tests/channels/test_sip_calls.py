"""Hold, transfer, timers and reliable responses in whole calls over a socket."""

import asyncio
from urllib.parse import quote

import pytest

from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.events import ChannelHungUp, HoldChanged
from switchroom.pbx.states.device_state import DeviceState, device_state
from switchroom.sip.client import NewCall
from switchroom.sip.events import (
    RequestReceived,
    ResponseReceived,
    SessionAnswered,
    SessionEnded,
)
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Request
from switchroom.sip.reliable import Reliable
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session
from switchroom.sip.session_timer import TimerPolicy
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.fakes import fake_stream

PHONES = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
allow=ulaw
aors=bob
[bob]
type=aor
contact=sip:bob@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 1,1,Answer()
 same => n,Wait(3600)
exten => 2,1,Dial(PJSIP/bob,20)
exten => 3,1,Ringing()
 same => n,Wait(2)
 same => n,Answer()
 same => n,Wait(60)
exten => 4,1,Answer()
 same => n,Transfer(sip:900@elsewhere.example)
 same => n,Set(DB(t/r)=${TRANSFERSTATUS} ${TRANSFERSTATUSPROTOCOL})
exten => 5,1,Transfer(PJSIP/900)
exten => 6,1,Set(HOLD_INTERCEPT(set)=)
 same => n,Dial(PJSIP/bob,20)
exten => 700,1,Set(DB(t/arrived)=${CHANNEL(name)} ${BLINDTRANSFER})
 same => n,Wait(60)
"""


@pytest.mark.parametrize(
    ("more", "held", "direction"),
    [
        ("a=sendonly\r\n", True, "recvonly"),
        ("a=inactive\r\n", True, "inactive"),
        ("a=recvonly\r\n", False, "sendonly"),
    ],
)
def test_hold_and_resume(more: str, direction: str, *, held: bool) -> None:
    async def story(side: Side) -> None:
        told: list[bool] = []
        side.pbx.events.subscribe(HoldChanged, lambda event: told.append(event.is_held))
        session = await side.far.call(side.uri("1"), side.flow)
        (channel,) = side.pbx.channels.values()
        for sdp in (OFFER + more, OFFER):
            session.offer(sdp, now=side.far.now)
            side.far.pump()
            await side.far.until(lambda: session.offering is None)
            if sdp != OFFER:
                assert f"a={direction}" in session.remote_sdp
                plan = fake_stream(channel).plan
                assert plan is not None
                assert plan.direction.value == direction
                state = DeviceState.ONHOLD if held else DeviceState.INUSE
                assert device_state(side.pbx, "PJSIP/alice") is state
        assert "a=sendrecv" in session.remote_sdp
        assert told == ([True, False] if held else [])

    play(story, PHONES, dialplan=DIALPLAN)


def test_whoever_is_held_hears_music() -> None:
    async def story(side: Side) -> None:
        Called(side)
        caller = await side.far.call(side.uri("2"), side.flow)
        bob = next(c for c in side.pbx.channels.values() if c.name.startswith("PJSIP/bob"))
        silence = fake_stream(bob).background.name
        for sdp, playing in ((OFFER + "a=sendonly\r\n", True), (OFFER, False)):
            caller.offer(sdp, now=side.far.now)
            side.far.pump()
            await side.far.until(lambda: caller.offering is None)
            await asyncio.sleep(0.1)
            assert (fake_stream(bob).background.name != silence) is playing

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_hold_that_is_intercepted_is_told_and_heard_by_nobody() -> None:
    async def story(side: Side) -> None:
        told: list[bool] = []
        side.pbx.events.subscribe(HoldChanged, lambda event: told.append(event.is_held))
        Called(side)
        caller = await side.far.call(side.uri("6"), side.flow)
        bob = next(c for c in side.pbx.channels.values() if c.name.startswith("PJSIP/bob"))
        silence = fake_stream(bob).background.name
        caller.offer(OFFER + "a=sendonly\r\n", now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: caller.offering is None)
        await asyncio.sleep(0.1)
        assert told == [True]
        assert fake_stream(bob).background.name == silence

    play(story, PHONES, dialplan=DIALPLAN)


class Called:
    """Answers INVITEs, and REFERs with a status."""

    def __init__(self, side: Side, status: int = 202) -> None:
        self.sessions: list[Session] = []
        self.refers: list[Request] = []
        self._side = side
        self._status = status
        side.far.on_invite = self.invite
        side.far.answers = self.request

    def invite(self, session: Session) -> None:
        self.sessions.append(session)
        session.accept(OFFER, now=self._side.far.now)

    def request(self, incoming: IncomingRequest) -> None:
        status = 200
        if incoming.request.method == "REFER":
            self.refers.append(incoming.request)
            status = self._status
        incoming.respond(status, now=self._side.far.now)


def notified(side: Side) -> list[str]:
    """What the NOTIFYs of a transfer said."""
    return [
        e.incoming.request.body.decode().split(" ", 1)[1].strip()
        for e in side.far.events
        if isinstance(e, RequestReceived) and e.incoming.request.method == "NOTIFY"
    ]


def test_the_called_party_sends_the_caller_elsewhere() -> None:
    async def story(side: Side) -> None:
        called = Called(side)
        caller = await side.far.call(side.uri("2"), side.flow)
        (leg,) = called.sessions
        refer = (("Refer-To", "<sip:700@pbx>"),)
        leg.request_within("REFER", now=side.far.now, headers=refer)
        side.far.pump()
        await side.far.until(lambda: "t/arrived" and side.pbx.astdb.get("t", "arrived"))
        arrived = side.pbx.astdb.get("t", "arrived")
        assert arrived == "PJSIP/alice-00000000 PJSIP/bob-00000001"
        await side.far.until(lambda: leg.is_ended)
        assert not caller.is_ended
        assert notified(side) == ["100 Trying", "200 OK"]

    play(story, PHONES, dialplan=DIALPLAN)


def test_the_caller_sends_the_called_party_elsewhere() -> None:
    async def story(side: Side) -> None:
        called = Called(side)
        caller = await side.far.call(side.uri("2"), side.flow)
        (leg,) = called.sessions
        refer = (("Refer-To", "<sip:700@pbx>"), ("Refer-Sub", "false"))
        caller.request_within("REFER", now=side.far.now, headers=refer)
        side.far.pump()
        await side.far.until(lambda: caller.is_ended)
        await side.far.until(lambda: side.pbx.astdb.get("t", "arrived"))
        arrived = side.pbx.astdb.get("t", "arrived")
        assert arrived == "PJSIP/bob-00000001 PJSIP/alice-00000000"
        assert not leg.is_ended
        assert notified(side) == []

    play(story, PHONES, dialplan=DIALPLAN)


@pytest.mark.parametrize("takes_up_first", [True, False])
def test_a_phone_joins_the_two_that_it_talks_with(*, takes_up_first: bool) -> None:
    """It calls bob twice; the two bobs are joined, and it leaves both calls."""

    async def story(side: Side) -> None:
        called = Called(side)
        one = await side.far.call(side.uri("2"), side.flow)
        two = await side.far.call(side.uri("2"), side.flow)
        first, second = (one, two) if takes_up_first else (two, one)
        dialog = second.dialog
        replaces = f"{dialog.call_id};to-tag={dialog.remote_tag};from-tag={dialog.local_tag}"
        target = f"<sip:bob@pbx?Replaces={quote(replaces)}>"
        first.request_within("REFER", now=side.far.now, headers=(("Refer-To", target),))
        side.far.pump()
        await side.far.until(lambda: one.is_ended and two.is_ended)
        assert notified(side)[-1:] == ["200 OK"]
        assert [leg.is_ended for leg in called.sessions] == [False, False]
        bobs = [c for c in side.pbx.channels.values() if c.name.startswith("PJSIP/bob")]
        assert {c.variables["BRIDGEPEER"] for c in bobs} == {c.name for c in bobs}
        called.sessions[0].end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: called.sessions[1].is_ended)

    play(story, PHONES, dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("refer_to", "more", "status", "told"),
    [
        ("<sip:nowhere@pbx>", "", 404, []),
        ("<<", "", 400, []),
        ("<sip:700@pbx>", "allow_transfer=no\n", 603, []),
        ("<sip:700@pbx>", "", 202, ["100 Trying", "603 Decline"]),
        (
            "<sip:700@pbx?Replaces=c%3Bto-tag%3Da%3Bfrom-tag%3Db>",
            "", 202, ["100 Trying", "481 Call/Transaction Does Not Exist"],
        ),
    ],
)  # fmt: skip
def test_transfers_that_are_not_made(
    refer_to: str, more: str, status: int, told: list[str]
) -> None:
    """The caller itself talks with nobody."""

    async def story(side: Side) -> None:
        Called(side)
        session = await side.far.call(side.uri("1"), side.flow)
        session.request_within("REFER", now=side.far.now, headers=(("Refer-To", refer_to),))
        side.far.pump()
        await asyncio.sleep(1)
        statuses = [e.response.status for e in side.far.events if isinstance(e, ResponseReceived)]
        assert statuses == [status]
        assert notified(side) == told
        assert not session.is_ended

    play(story, PHONES.replace("aors=alice\n", f"aors=alice\n{more}"), dialplan=DIALPLAN)


@pytest.mark.parametrize(("status", "result"), [(202, "SUCCESS 0"), (603, "FAILURE 603")])
def test_the_dialplan_sends_a_party_elsewhere(status: int, result: str) -> None:
    async def story(side: Side) -> None:
        called = Called(side, status)
        await side.far.call(side.uri("4"), side.flow)
        await side.far.until(lambda: side.pbx.astdb.get("t", "r"))
        assert side.pbx.astdb.get("t", "r") == result
        (refer,) = called.refers
        assert refer.get("refer-to") == "<sip:900@elsewhere.example>"

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_caller_that_was_not_answered_is_redirected() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("5"), side.flow)
        outcome = side.far.outcome(session)
        assert isinstance(outcome, SessionEnded)
        assert outcome.status == 302

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_caller_that_insists_on_reliable_responses_and_a_timer() -> None:
    async def story(side: Side) -> None:
        what = NewCall(
            side.uri("3"), OFFER, NameAddr("sip:alice@127.0.0.1"),
            timers=TimerPolicy(expires=120), reliable=Reliable.REQUIRED,
        )  # fmt: skip
        side.far.stack.supported = (("Supported", "100rel, timer"),)
        session = side.far.stack.invite(what, side.flow, now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: side.far.outcome(session))
        assert isinstance(side.far.outcome(session), SessionAnswered)
        assert session.response is not None
        assert session.timer is not None
        await asyncio.sleep(600)
        assert not session.is_ended

    plan = DIALPLAN.replace("same => n,Wait(60)\nexten => 4", "same => n,Wait(3600)\nexten => 4")
    play(story, PHONES, dialplan=plan)


@pytest.mark.parametrize(
    ("option", "header", "status"),
    [("100rel=no", "100rel", 420), ("timers=no", "timer", 420), ("100rel=required", "", 421)],
)
def test_extensions_that_an_endpoint_does_not_allow(option: str, header: str, status: int) -> None:
    async def story(side: Side) -> None:
        headers = (("Require", header),) if header else ()
        session = await side.far.call(side.uri("1"), side.flow, headers=headers)
        outcome = side.far.outcome(session)
        assert isinstance(outcome, SessionEnded)
        assert outcome.status == status

    play(story, PHONES.replace("aors=alice\n", f"aors=alice\n{option}\n"), dialplan=DIALPLAN)


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_hung_up_is_known_of_both(who: str) -> None:
    async def story(side: Side) -> None:
        called = Called(side)
        call = await side.far.call(side.uri("2"), side.flow)
        sources: dict[str, str] = {}

        def hear(event: ChannelHungUp) -> None:
            settings = side.pbx.channels[event.channel].datastore(ChannelSettings)
            sources[event.channel] = settings.hangup_source

        side.pbx.events.subscribe(ChannelHungUp, hear)
        session = call if who == "alice" else called.sessions[0]
        session.end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: len(sources) == 2)
        (name,) = (each for each in sources if f"/{who}-" in each)
        assert set(sources.values()) == {name}

    play(story, PHONES, dialplan=DIALPLAN)
