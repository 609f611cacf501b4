"""Who is at the other end, told and heard within calls, over a socket."""

import asyncio

import pytest

from switchroom.sip.events import OfferReceived, SessionAnswered, SessionUpdated
from switchroom.sip.message import Request
from switchroom.sip.session import Session, SessionState
from tests.channels.sip_far_end import OFFER, Side, play

PHONES = "".join(
    f'[{name}]\ntype=endpoint\ncontext=in\nallow=ulaw\naors={name}\ncallerid="{name.title()}" <{number}>\n'
    f"send_pai=yes\ntrust_id_inbound=yes\n{{more}}"
    f"[{name}]\ntype=aor\ncontact=sip:{name}@127.0.0.1:{{far}}\n"
    for name, number in (("alice", 100), ("bob", 200), ("carol", 300))
)
DIALPLAN = """\
[in]
exten => 200,1,Dial(PJSIP/bob,20)
exten => 201,1,Dial(PJSIP/bob,20,I)
exten => 300,1,Dial(PJSIP/carol,20)
exten => 400,1,Answer()
 same => n,Set(CONNECTEDLINE(name,i)=Sales)
 same => n,Set(CONNECTEDLINE(num)=400)
 same => n,Wait(30)
"""


def phones(more: str = "") -> str:
    return PHONES.format(more=more, far="{far}")


class Phones:
    """All phones at the far end: they answer calls and take offers."""

    def __init__(self, side: Side) -> None:
        self.calls: list[Session] = []
        self._side = side
        side.far.on_invite = self._invite
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)

    def _invite(self, session: Session) -> None:
        self.calls.append(session)
        session.accept(OFFER, now=self._side.far.now)

    def told(self, session: Session) -> list[Request]:
        """The re-INVITEs and UPDATEs that a session got."""
        found = []
        for event in self._side.far.events:
            if isinstance(event, OfferReceived) and event.session is session:
                if session.waiting_offer is not None:
                    found.append(session.waiting_offer.request)
                    session.answer_offer(OFFER, now=self._side.far.now)
                    self._side.far.pump()
            elif isinstance(event, SessionUpdated) and event.session is session:
                found.append(event.request)
        return found


def refer(side: Side, session: Session, target: str) -> None:
    session.request_within("REFER", now=side.far.now, headers=(("Refer-To", f"<{target}>"),))
    side.far.pump()


@pytest.mark.parametrize("method", ["invite", "update"])
def test_a_caller_that_is_transferred_is_told_who_answers(method: str) -> None:
    async def story(side: Side) -> None:
        there = Phones(side)
        alice = await side.far.call(side.uri("200"), side.flow)
        assert alice.response is not None
        assert alice.response.get("p-asserted-identity") == '"Bob" <sip:200@127.0.0.1>'
        await asyncio.sleep(1)
        assert there.told(alice) == []
        refer(side, there.calls[0], "sip:300@pbx")
        told: list[Request] = []
        async with asyncio.timeout(60):
            while not told:
                await asyncio.sleep(0.01)
                told = there.told(alice)
        assert told[0].method == ("UPDATE" if method == "update" else "INVITE")
        assert told[0].get("p-asserted-identity") == '"Carol" <sip:300@127.0.0.1>'
        await asyncio.sleep(1)
        assert not alice.is_ended
        assert there.told(alice) == (told if method == "update" else [])

    play(story, phones(f"connected_line_method={method}\n"), dialplan=DIALPLAN)


@pytest.mark.parametrize("more", ["send_connected_line=no\n", "send_pai=no\n"])
def test_who_does_not_want_to_know(more: str) -> None:
    async def story(side: Side) -> None:
        there = Phones(side)
        alice = await side.far.call(side.uri("200"), side.flow)
        assert alice.response is not None
        assert not alice.response.get("p-asserted-identity")
        refer(side, there.calls[0], "sip:300@pbx")
        await side.far.until(lambda: len(there.calls) == 2)
        await asyncio.sleep(3)
        assert there.told(alice) == []

    pjsip = phones(more)
    play(story, pjsip.replace("send_pai=yes\n", "") if "pai" in more else pjsip, dialplan=DIALPLAN)


def test_dial_can_keep_it_to_itself() -> None:
    async def story(side: Side) -> None:
        Phones(side)
        alice = await side.far.call(side.uri("201"), side.flow)
        assert alice.response is not None
        assert not alice.response.get("p-asserted-identity")

    play(story, phones(), dialplan=DIALPLAN)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize("trusts", ["yes", "no"])
def test_a_party_says_who_it_is_now(method: str, trusts: str) -> None:
    async def story(side: Side) -> None:
        there = Phones(side)
        alice = await side.far.call(side.uri("200"), side.flow)
        (bob,) = there.calls
        await side.far.until(lambda: bob.state is SessionState.CONFIRMED)
        headers = (("P-Asserted-Identity", '"Dave" <sip:500@x>'),)
        if method == "INVITE":
            bob.offer(OFFER, now=side.far.now, headers=headers)
        else:
            bob.request_within("UPDATE", now=side.far.now, headers=headers)
        side.far.pump()
        told: list[Request] = []
        for _ in range(100):
            await asyncio.sleep(0.01)
            told += there.told(alice)
        if trusts == "no":
            assert told == []
        else:
            assert len(told) == 1
            assert told[0].get("p-asserted-identity") == '"Dave" <sip:500@127.0.0.1>'

    play(story, phones(f"trust_connected_line={trusts}\n"), dialplan=DIALPLAN)


def test_the_dialplan_says_who_is_there() -> None:
    async def story(side: Side) -> None:
        there = Phones(side)
        alice = await side.far.call(side.uri("400"), side.flow)
        told: list[Request] = []
        async with asyncio.timeout(60):
            while not told:
                await asyncio.sleep(0.01)
                told = there.told(alice)
        assert told[0].get("p-asserted-identity") == '"Sales" <sip:400@127.0.0.1>'
        assert isinstance(side.far.outcome(alice), SessionAnswered)

    play(story, phones(), dialplan=DIALPLAN)


def test_told_before_the_answer() -> None:
    async def story(side: Side) -> None:
        Phones(side)
        alice = side.far.invite(side.uri("500"), side.flow)
        await side.far.until(lambda: alice.response)
        await asyncio.sleep(2)
        assert alice.response is not None
        assert alice.response.status == 180
        assert alice.response.get("p-asserted-identity") == "<sip:500@127.0.0.1>"

    plan = f"{DIALPLAN}exten => 500,1,Ringing()\n same => n,Set(CONNECTEDLINE(num)=500)\n"
    plan += " same => n,Wait(5)\n"
    play(story, phones("rpid_immediate=yes\n"), dialplan=plan)
