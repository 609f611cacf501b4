"""Fax: one party asks for T.38, both go over to it, or neither does."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.pbx.fax.t38 import TERMS as OUR_TERMS
from switchroom.pbx.fax.t38 import T38Party, largest_for, redundancy_for, t38_of
from switchroom.sdp.sections import Section, read_sections
from switchroom.sip.events import OfferReceived, OfferRefused
from switchroom.sip.session import Session
from switchroom.tools.simulate.passages import SimulatedPassage
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.fakes import FakeEngine

HEAD = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
TERMS = "a=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\na=T38FaxMaxDatagram:200\r\n"
FAX = HEAD + "m=image 4010 udptl t38\r\n" + TERMS
ANSWER = HEAD + "m=image 4020 udptl t38\r\na=T38FaxVersion:0\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n"
PHONES = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
t38_udptl=yes
rtp_timeout=30
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
allow=ulaw
aors=bob
{bob}
[bob]
type=aor
contact=sip:bob@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 1,1,Answer()
 same => n,Wait(1000)
exten => 2,1,Dial(PJSIP/bob)
"""


def phones(bob: str = "t38_udptl=yes\nt38_udptl_maxdatagram=400\nt38_udptl_ec=fec") -> str:
    return PHONES.replace("{bob}", bob)


def passages_of(side: Side) -> list[SimulatedPassage]:
    engine = side.pbx.engine
    assert isinstance(engine, FakeEngine)
    return engine.passages


def image(session: Session) -> Section:
    (found,) = [each for each in read_sections(session.remote_sdp) if each.kind == "image"]
    return found


class Call:
    """Alice, who calls, and Bob, who accepts; both are sessions of the far end."""

    def __init__(self, side: Side, alice: Session, bob: Session) -> None:
        self.side = side
        self.alice = alice
        self.bob = bob

    async def offer(self, session: Session, sdp: str) -> None:
        await self.side.far.until(lambda: session.offering is None)
        session.offer(sdp, now=self.side.far.now)
        self.side.far.pump()

    async def offered(self, session: Session, count: int = 1) -> str:
        """Wait for an offer that a session got."""

        def found() -> list[str]:
            return [
                e.sdp
                for e in self.side.far.events
                if isinstance(e, OfferReceived) and e.session is session
            ]

        await self.side.far.until(lambda: len(found()) >= count)
        return found()[count - 1]

    async def refused(self, session: Session, status: int) -> None:
        await self.side.far.until(lambda: self.is_refused(session, status))

    def is_refused(self, session: Session, status: int) -> bool:
        return OfferRefused(session, status) in self.side.far.events


async def bridged(side: Side) -> Call:
    called: list[Session] = []

    def accept(session: Session) -> None:
        called.append(session)
        session.accept(OFFER, now=side.far.now)

    side.far.on_invite = accept
    alice = await side.far.call(side.uri("2"), side.flow)
    await side.far.until(lambda: len(side.pbx.channels) == 2)
    await side.far.until(lambda: all(c.state.text == "Up" for c in side.pbx.channels.values()))
    return Call(side, alice, called[0])


@pytest.mark.parametrize("sdp", [FAX, FAX.replace("m=image", "m=audio 0 RTP/AVP 0\r\nm=image")])
def test_both_parties_go_over(sdp: str) -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        await call.offer(call.alice, sdp)
        theirs = read_sections(await call.offered(call.bob))
        assert [each.kind for each in theirs] == ["image"]
        assert theirs[0].attributes == (
            "T38FaxVersion:0",
            "T38MaxBitRate:14400",
            "T38FaxMaxDatagram:400",
            "T38FaxUdpEC:t38UDPFEC",
        )
        call.bob.answer_offer(ANSWER, now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: call.alice.offering is None)
        alice, bob = passages_of(side)
        assert image(call.alice).port == alice.local_address[1]
        assert image(call.alice).attributes == ("T38FaxVersion:0", "T38FaxUdpEC:t38UDPRedundancy")
        assert 4000 <= alice.local_address[1] < 5000
        assert alice.connected is bob
        assert (alice.plan.remote, bob.plan.remote) == (("127.0.0.1", 4010), ("127.0.0.1", 4020))
        engine = side.pbx.engine
        assert isinstance(engine, FakeEngine)
        assert [s.plan.receive_timeout for s in engine.streams if s.plan is not None] == [None] * 2

    play(story, phones(), dialplan=DIALPLAN)


def test_the_called_party_may_ask_for_it_too_and_audio_comes_back() -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        await call.offer(call.bob, FAX)
        await call.offered(call.alice)
        call.alice.answer_offer(ANSWER, now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: call.bob.offering is None)
        assert image(call.bob).port > 0
        await call.offer(call.bob, OFFER)
        again = read_sections(await call.offered(call.alice, 2))
        assert [(each.kind, each.port > 0) for each in again] == [("image", False), ("audio", True)]
        call.alice.answer_offer(
            HEAD + "m=image 0 udptl t38\r\nm=audio 4000 RTP/AVP 0\r\n", now=side.far.now
        )
        side.far.pump()
        await side.far.until(lambda: call.bob.offering is None)
        assert [each.kind for each in read_sections(call.bob.remote_sdp)] == ["audio"]
        assert all(each.closed for each in passages_of(side))

    play(story, phones(), dialplan=DIALPLAN)


@pytest.mark.parametrize(("binds", "host"), [("yes", "127.0.0.9"), ("no", "127.0.0.1")])
def test_where_fax_is_bound(binds: str, host: str) -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        await call.offer(call.alice, FAX)
        offer = await call.offered(call.bob)
        to_bob = passages_of(side)[-1]
        assert to_bob.local_address[0] == host
        assert read_sections(offer)[0].host == "127.0.0.9"

    more = f"media_address=127.0.0.9\nt38_bind_udptl_to_media_address={binds}"
    play(story, phones(f"t38_udptl=yes\n{more}"), dialplan=DIALPLAN)


def test_who_is_refused_by_the_other_party_is_refused() -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        await call.offer(call.alice, FAX)
        await call.offered(call.bob)
        call.bob.refuse_offer(488, now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: call.is_refused(call.alice, 488))
        assert all(each.closed for each in passages_of(side))
        await call.offer(call.alice, OFFER)
        await side.far.until(lambda: call.alice.offering is None)
        assert [each.kind for each in read_sections(call.alice.remote_sdp)] == ["audio"]

    play(story, phones(), dialplan=DIALPLAN)


@pytest.mark.parametrize("answer", ["m=image", "m=image x udptl t38", FAX.replace("4010", "-1")])
def test_an_answer_that_cannot_be_read_is_a_refusal(answer: str) -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        await call.offer(call.alice, FAX)
        await call.offered(call.bob)
        call.bob.answer_offer(answer, now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: call.is_refused(call.alice, 488))
        assert all(each.closed for each in passages_of(side))
        assert side.service.driver.faults == 0

    play(story, phones(), dialplan=DIALPLAN)


def test_a_party_that_hangs_up_on_the_way_back_to_audio(caplog: pytest.LogCaptureFixture) -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        await call.offer(call.alice, FAX)
        await call.offered(call.bob)
        call.bob.answer_offer(FAX, now=side.far.now)
        side.far.pump()
        await call.offer(call.alice, OFFER)
        await call.offered(call.bob, 2)
        call.alice.end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: not side.pbx.channels)
        await asyncio.sleep(1)

    play(story, phones(), dialplan=DIALPLAN)
    assert not [each for each in caplog.records if each.levelname == "ERROR"]


def test_an_offer_of_ours_behind_a_refused_one_goes_by_what_was_agreed() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow)
        call = Call(side, session, session)
        await call.offer(session, FAX)
        await call.refused(session, 488)
        await call.offer(session, "")
        await side.far.until(lambda: session.offering is None)
        assert [(e.kind, e.port > 0) for e in read_sections(session.remote_sdp)] == [
            ("audio", True)
        ]

    play(story, phones(), dialplan=DIALPLAN)


def test_who_may_not_is_refused_and_the_other_is_not_asked() -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        for session in (call.alice, call.bob):
            await call.offer(session, FAX)
            await call.refused(session, 488)
        assert not any(isinstance(e, OfferReceived) for e in side.far.events)

    play(story, phones(bob=""), dialplan=DIALPLAN)


def test_who_talks_with_nobody_is_refused() -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow)
        call = Call(side, session, session)
        await call.offer(session, FAX)
        await side.far.until(lambda: call.is_refused(session, 488))

    play(story, phones(), dialplan=DIALPLAN)


def test_a_party_that_hangs_up_while_it_is_asked() -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        await call.offer(call.alice, FAX)
        await call.offered(call.bob)
        call.bob.end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: not side.pbx.channels)
        await side.far.until(lambda: all(each.closed for each in passages_of(side)))

    play(story, phones(), dialplan=DIALPLAN)


class Machine:
    """A fax of an application; fulfils FaxEnd."""

    def __init__(self) -> None:
        self.begun: list[Section] = []
        self.ended = 0

    def begin(self, section: Section) -> None:
        self.begun.append(section)

    def end(self) -> None:
        self.ended += 1


async def with_machine(side: Side) -> tuple[Session, Machine, T38Party]:
    """A call that an application has, which takes fax."""
    alice = await side.far.call(side.uri("1"), side.flow)
    await side.far.until(lambda: any(c.state.text == "Up" for c in side.pbx.channels.values()))
    (channel,) = side.pbx.channels.values()
    party = t38_of(channel)
    assert party is not None
    party.ends_here = machine = Machine()
    return alice, machine, party


def test_an_application_takes_fax_and_the_party_leaves_it_again() -> None:
    async def story(side: Side) -> None:
        alice, machine, _ = await with_machine(side)
        alice.offer(FAX, now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: bool(machine.begun))
        await side.far.until(lambda: alice.offering is None)
        assert image(alice).values("T38FaxRateManagement") == ["transferredTCF"]
        [passage] = passages_of(side)
        assert image(alice).port == passage.local_address[1]
        assert passage.plan.remote == ("127.0.0.1", 4010)
        assert machine.begun[0].port == 4010
        alice.offer(OFFER, now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: alice.offering is None)
        assert (machine.ended, passage.closed) == (1, True)

    play(story, phones(), dialplan=DIALPLAN)


def test_an_application_asks_for_fax_and_goes_back_to_audio() -> None:
    async def story(side: Side) -> None:
        alice, _, party = await with_machine(side)
        asking = asyncio.ensure_future(party.ask(list(OUR_TERMS)))  # noqa: TID251  # ends in this test
        call = Call(side, alice, alice)
        await call.offered(alice)
        alice.answer_offer(ANSWER, now=side.far.now)
        side.far.pump()
        await side.far.until(asking.done)
        section = asking.result()
        assert section is not None
        assert (redundancy_for(section), largest_for(section)) == (3, 1400)
        leaving = asyncio.ensure_future(party.leave())  # noqa: TID251  # ends in this test
        offered = read_sections(await call.offered(alice, 2))
        assert [(each.kind, each.port > 0) for each in offered] == [
            ("image", False),
            ("audio", True),
        ]
        alice.answer_offer(ANSWER, now=side.far.now)
        side.far.pump()
        await side.far.until(leaving.done)

    play(story, phones(), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("lines", "redundancy", "largest"),
    [
        ("", 0, 1400),
        ("a=T38FaxUdpEC:t38UDPFEC\r\na=T38FaxMaxDatagram:72\r\n", 0, 160),
        ("a=T38FaxUdpEC:t38UDPRedundancy\r\na=T38FaxMaxDatagram:400\r\n", 3, 400),
    ],
)
def test_what_a_fax_of_ours_sends_goes_by_what_the_party_says(
    lines: str, redundancy: int, largest: int
) -> None:
    section = read_sections(f"{HEAD}m=image 4010 udptl t38\r\n{lines}")[0]
    assert (redundancy_for(section), largest_for(section)) == (redundancy, largest)
