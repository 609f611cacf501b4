"""Calls that take the place of others (RFC 3891), over a socket."""

from urllib.parse import quote

import pytest

from switchroom.sip.client import OutgoingRequest
from switchroom.sip.events import ResponseReceived, SessionAnswered, SessionEnded
from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play

PHONES = "".join(
    f"[{name}]\ntype=endpoint\ncontext=in\nallow=ulaw\naors={name}\n"
    f"[{name}]\ntype=aor\ncontact=sip:{name}@127.0.0.1:{{far}}\n"
    for name in ("alice", "bob", "carol")
)
DIALPLAN = """\
[in]
exten => 1,1,Answer()
 same => n,Set(DB(t/at)=${CHANNEL(name)})
 same => n,Wait(3600)
exten => 2,1,Dial(PJSIP/bob,30)
"""
CAROL = "sip:carol@127.0.0.1"


class Bob:
    """Rings, and answers if a test wants."""

    def __init__(self, side: Side, *, answers: bool = True) -> None:
        self.sessions: list[Session] = []
        self._side = side
        self._answers = answers
        side.far.on_invite = self.invite
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)

    def invite(self, session: Session) -> None:
        self.sessions.append(session)
        if self._answers:
            session.accept(OFFER, now=self._side.far.now)
        else:
            session.provisional(180, now=self._side.far.now)


def replaces(session: Session, more: str = "") -> str:
    """The header that names a call of the far end, as the side under test sees it."""
    dialog = session.dialog
    return f"{dialog.call_id};to-tag={dialog.remote_tag};from-tag={dialog.local_tag}{more}"


async def take(side: Side, session: Session, more: str = "") -> Session:
    headers = (("Replaces", replaces(session, more)), ("Require", "replaces"))
    return await side.far.call(side.uri(), side.flow, sender=CAROL, headers=headers)


def names(side: Side) -> set[str]:
    return {name.split("-")[0] for name in side.pbx.channels}


@pytest.mark.parametrize("who", ["caller", "called"])
def test_a_third_takes_over_a_conversation(who: str) -> None:
    async def story(side: Side) -> None:
        bob = Bob(side)
        alice = await side.far.call(side.uri("2"), side.flow)
        (leg,) = bob.sessions
        gone, stays = (alice, leg) if who == "caller" else (leg, alice)
        carol = await take(side, gone)
        assert isinstance(side.far.outcome(carol), SessionAnswered)
        await side.far.until(lambda: gone.is_ended)
        assert not stays.is_ended
        left = "bob" if who == "caller" else "alice"
        await side.far.until(lambda: names(side) == {"PJSIP/carol", f"PJSIP/{left}"})
        peers = {c.variables["BRIDGEPEER"].split("-")[0] for c in side.pbx.channels.values()}
        assert peers == names(side)
        stays.end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: carol.is_ended)
        await side.far.until(lambda: not side.pbx.channels)

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_call_that_rings_is_taken() -> None:
    async def story(side: Side) -> None:
        bob = Bob(side, answers=False)
        alice = side.far.invite(side.uri("2"), side.flow)
        await side.far.until(lambda: bob.sessions)
        (leg,) = bob.sessions
        carol = await take(side, leg, ";early-only")
        await side.far.until(lambda: side.far.outcome(alice))
        assert isinstance(side.far.outcome(carol), SessionAnswered)
        assert isinstance(side.far.outcome(alice), SessionAnswered)
        await side.far.until(lambda: leg.is_ended)
        assert names(side) == {"PJSIP/alice", "PJSIP/carol"}
        carol.end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: alice.is_ended)

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_talk_with_the_dialplan_is_taken_over() -> None:
    async def story(side: Side) -> None:
        alice = await side.far.call(side.uri("1"), side.flow)
        carol = await take(side, alice)
        await side.far.until(lambda: alice.is_ended)
        assert not carol.is_ended
        (channel,) = side.pbx.channels.values()
        assert (channel.extension, channel.priority) == ("1", 3)

    play(story, PHONES, dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("x;to-tag=a;from-tag=b", 481),
        ("x;to-tag=a", 400),
        ("{replaces};early-only", 486),
        ("{other}", 481),
    ],
)
def test_what_cannot_be_replaced(value: str, status: int) -> None:
    async def story(side: Side) -> None:
        alice = await side.far.call(side.uri("1"), side.flow)
        known = replaces(alice)
        value_sent = value.format(replaces=known, other=known.replace("from-tag=", "from-tag=x"))
        headers = (("Replaces", value_sent),)
        carol = await side.far.call(side.uri(), side.flow, sender=CAROL, headers=headers)
        outcome = side.far.outcome(carol)
        assert isinstance(outcome, SessionEnded)
        assert outcome.status == status
        assert not alice.is_ended

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_caller_that_was_not_answered_cannot_be_replaced() -> None:
    """Its early dialog is not one that this side began (RFC 3891 §3)."""

    async def story(side: Side) -> None:
        bob = Bob(side, answers=False)
        alice = side.far.invite(side.uri("2"), side.flow)
        await side.far.until(lambda: bob.sessions)
        await side.far.until(lambda: alice.dialog.remote_tag)
        carol = await take(side, alice)
        outcome = side.far.outcome(carol)
        assert isinstance(outcome, SessionEnded)
        assert outcome.status == 481
        bob.sessions[0].accept(OFFER, now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: side.far.outcome(alice))
        assert isinstance(side.far.outcome(alice), SessionAnswered)

    play(story, PHONES, dialplan=DIALPLAN)


def test_an_attended_transfer_to_a_call_at_another_server() -> None:
    """Alice has asked somebody at another server; bob is connected with him by Replaces."""

    async def story(side: Side) -> None:
        bob = Bob(side)
        alice = await side.far.call(side.uri("2"), side.flow)
        (leg,) = bob.sessions
        dialog = "there;to-tag=t;from-tag=f"
        target = f"<sip:dave@127.0.0.1:{side.far.port}?Replaces={quote(dialog)}>"
        headers = (("Refer-To", target), ("Referred-By", "<sip:alice@here>"))
        alice.request_within("REFER", now=side.far.now, headers=headers)
        side.far.pump()
        await side.far.until(lambda: len(bob.sessions) == 2)
        invite = side.far.requests("INVITE")[-1]
        assert invite.uri == f"sip:dave@127.0.0.1:{side.far.port}"
        assert invite.get("replaces") == dialog
        assert invite.get("require") == "replaces"
        assert invite.get("referred-by") == "<sip:alice@here>"
        await side.far.until(lambda: alice.is_ended)
        dave = bob.sessions[1]
        await side.far.until(lambda: len(side.pbx.channels) == 2)
        assert not leg.is_ended
        dave.end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: leg.is_ended)

    play(story, PHONES, dialplan=DIALPLAN + "exten => dave,1,NoOp()\n")


def test_what_the_dialplan_has_not_cannot_be_reached_by_a_made_up_call() -> None:
    """A trunk would charge for it."""

    async def story(side: Side) -> None:
        bob = Bob(side)
        alice = await side.far.call(side.uri("2"), side.flow)
        dialog = quote("made-up;to-tag=t;from-tag=f")
        target = f"<sip:0900123@127.0.0.1:{side.far.port}?Replaces={dialog}>"
        outgoing = alice.request_within("REFER", now=side.far.now, headers=(("Refer-To", target),))
        side.far.pump()
        await side.far.until(lambda: outcome_of(side, outgoing))
        assert outcome_of(side, outgoing) == 404
        assert len(bob.sessions) == 1
        assert not alice.is_ended

    play(story, PHONES, dialplan=DIALPLAN)


def test_the_dialplan_leads_a_transfer_to_another_server() -> None:
    async def story(side: Side) -> None:
        Bob(side)
        alice = await side.far.call(side.uri("2"), side.flow)
        dialog = "there;to-tag=t;from-tag=f"
        target = f"<sip:asterisk@192.0.2.7?Replaces={quote(dialog)}>"
        alice.request_within("REFER", now=side.far.now, headers=(("Refer-To", target),))
        side.far.pump()
        await side.far.until(lambda: side.pbx.astdb.get("t", "replaces"))
        assert side.pbx.astdb.get("t", "replaces") == dialog
        assert side.pbx.astdb.get("t", "to") == "<sip:asterisk@192.0.2.7>"

    external = (
        "exten => external_replaces,1,Set(DB(t/to)=${SIPREFERTOHDR})\n"
        " same => n,Set(DB(t/replaces)=${SIPREPLACESHDR})\n same => n,Wait(9)\n"
    )
    play(story, PHONES, dialplan=DIALPLAN + external)


def outcome_of(side: Side, outgoing: OutgoingRequest) -> int:
    """The status of the final response to a request, 0 before."""
    return next(
        (
            event.response.status
            for event in side.far.events
            if isinstance(event, ResponseReceived) and event.outgoing is outgoing
        ),
        0,
    )
