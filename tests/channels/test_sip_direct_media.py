"""Audio that goes directly between two parties, and comes back when somebody needs it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from switchroom.channels.sip.media.direct_media import MOST_TRIES
from switchroom.media.api import MonitorPlan, Sound
from switchroom.sdp.sections import Section, read_sections
from switchroom.sip.events import OfferReceived, SessionEnded
from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.fakes import FakeEngine, FakeStream

ALICE = OFFER.replace("AVP 0", "AVP 0 101") + "a=rtpmap:101 telephone-event/8000\r\n"
BOB = (
    ALICE.replace("4000", "5000")
    .replace("AVP 0 101", "AVP 0 96")
    .replace("map:101", "map:96")
    .replace("c=IN IP4 127.0.0.1", "c=IN IP4 192.0.2.7")
)
PHONES = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
{alice}
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
allow=ulaw,alaw
aors=bob
{bob}
[bob]
type=aor
contact=sip:bob@127.0.0.1:{far}
"""
DIALPLAN = """\
[in]
exten => 2,1,Dial(PJSIP/bob,,{options}g)
 same => n,Wait(1000)
"""
YES = "direct_media=yes"


def phones(alice: str = YES, bob: str = YES) -> str:
    return PHONES.replace("{alice}", alice).replace("{bob}", bob)


def audio(description: str) -> Section:
    (found,) = [each for each in read_sections(description) if each.kind == "audio"]
    return found


class Call:
    """Alice and Bob, as sessions of the far end, which accepts all offers with their own words."""

    def __init__(self, side: Side, alice: Session, bob: Session, bob_sdp: str) -> None:
        self.side = side
        self.alice = alice
        self.bob = bob
        self._sdp = {alice: ALICE, bob: bob_sdp}
        self.answered = 0
        self.refuses: set[Session] = set()

    def says(self, session: Session, sdp: str) -> None:
        self._sdp[session] = sdp

    def offers(self) -> list[OfferReceived]:
        return [e for e in self.side.far.events if isinstance(e, OfferReceived)]

    async def answer(self, count: int) -> list[tuple[Session, Section]]:
        """Wait for so many offers in all and answer each; returns them."""
        far = self.side.far
        while self.answered < count:
            await far.until(lambda: len(self.offers()) > self.answered)
            session = self.offers()[self.answered].session
            self.answered += 1
            if session in self.refuses:
                session.refuse_offer(488, now=far.now)
            else:
                session.answer_offer(self._sdp[session], now=far.now)
            far.pump()
        return [(each.session, audio(each.sdp)) for each in self.offers()]

    async def is_quiet(self) -> bool:
        """Whether no offer comes for a while."""
        before = len(self.offers())
        await asyncio.sleep(10)
        return len(self.offers()) == before

    @property
    def streams(self) -> list[FakeStream]:
        engine = self.side.pbx.engine
        assert isinstance(engine, FakeEngine)
        return engine.streams


async def bridged(side: Side, *, bob: str = BOB) -> Call:
    called: list[Session] = []

    def accept(session: Session) -> None:
        called.append(session)
        session.accept(bob, now=side.far.now)

    side.far.on_invite = accept
    alice = await side.far.call(side.uri("2"), side.flow, sdp=ALICE)
    return Call(side, alice, called[0], bob)


def dialplan(options: str = "") -> str:
    return DIALPLAN.replace("{options}", options)


def test_each_is_offered_what_the_other_described() -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        (first, to_alice), (second, to_bob) = await call.answer(2)
        assert (first, second) == (call.alice, call.bob)
        assert (to_alice.host, to_alice.port, to_alice.formats) == ("192.0.2.7", 5000, ("0", "96"))
        assert (to_bob.host, to_bob.port, to_bob.formats) == ("127.0.0.1", 4000, ("0", "101"))
        assert "rtpmap:96 telephone-event/8000" in to_alice.attributes
        await side.far.until(lambda: call.streams[0].on_use is not None)
        assert await call.is_quiet()

    play(story, phones(), dialplan=dialplan())


@pytest.mark.parametrize(
    ("alice", "bob", "options", "sdp"),
    [
        ("", YES, "", BOB),
        (YES, "", "", BOB),
        (YES, "direct_media=no", "", BOB),
        (YES, YES, "T", BOB),
        (YES, YES, "", BOB.replace("0 96", "8 96").replace("rtpmap:0 PCMU", "rtpmap:8 PCMA")),
        (YES, YES, "", BOB.split("a=rtpmap:96", maxsplit=1)[0]),
        (YES, YES, "", BOB.replace("IP4 192.0.2.7", "IP6 2001:db8::7")),
        (YES, f"{YES}\ndisable_direct_media_on_nat=yes", "", BOB),
        (f"{YES}\ndirect_media_glare_mitigation=incoming", YES, "", BOB),
        (YES, f"{YES}\ndirect_media_glare_mitigation=outgoing", "", BOB),
        (f"{YES}\ndtmf_mode=inband", YES, "", BOB),
        (YES, YES, "", BOB.replace("192.0.2.7", "224.0.0.1")),
        (YES, YES, "", BOB.replace("192.0.2.7", "255.255.255.255")),
        (YES, YES, "", BOB.replace("192.0.2.7", "victim.example")),
    ],
)
def test_what_speaks_against_it(alice: str, bob: str, options: str, sdp: str) -> None:
    async def story(side: Side) -> None:
        call = await bridged(side, bob=sdp)
        assert await call.is_quiet()
        assert all(c.state.text == "Up" for c in side.pbx.channels.values())
        assert call.streams[0].connected is call.streams[1]

    play(story, phones(alice, bob), dialplan=dialplan(options))


def test_a_party_that_refuses_leaves_both_with_us() -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        call.refuses = {call.bob}
        offers = await call.answer(3)
        (again, back) = offers[2]
        assert again is call.alice
        assert back.port == call.streams[0].local_address[1]
        assert await call.is_quiet()

    play(story, phones(), dialplan=dialplan())


@pytest.mark.parametrize(
    "answer",
    [
        "nonsense", ALICE.replace("m=audio 4000", "m=audio x"), ALICE.replace("4000", "99999"),
        ALICE.replace("127.0.0.1", "224.0.0.1"), ALICE.replace("AVP 0", "AVP 8"),
        ALICE.replace("127.0.0.1", "victim.example"), ALICE.replace("m=audio 4000", "m=audio 0"),
    ],
)  # fmt: skip
def test_an_answer_that_leads_nowhere_leaves_both_with_us(answer: str) -> None:
    async def story(side: Side) -> None:
        call = await bridged(side)
        call.says(call.alice, answer)
        await call.answer(1)
        call.says(call.alice, ALICE)
        offers = await call.answer(2)
        (again, back) = offers[1]
        assert again is call.alice
        assert back.port == call.streams[0].local_address[1]
        assert await call.is_quiet()
        assert side.service.driver.faults == 0

    play(story, phones(), dialplan=dialplan())


async def goes_directly(side: Side) -> Call:
    call = await bridged(side)
    await call.answer(2)
    await side.far.until(lambda: call.streams[0].on_use is not None)
    return call


async def comes_back(call: Call) -> None:
    """Both are offered our addresses again."""
    offers = await call.answer(4)
    back = dict(offers[2:])
    assert set(back) == {call.alice, call.bob}
    assert all(each.port == call.streams[0].local_address[1] for each in back.values())
    await call.side.far.until(lambda: call.streams[0].on_use is None)


def test_a_recording_brings_it_back(tmp_path: Path) -> None:
    async def story(side: Side) -> None:
        call = await goes_directly(side)
        call.streams[1].start_monitor(MonitorPlan(said=tmp_path / "said.wav"))
        await comes_back(call)

    play(story, phones(), dialplan=dialplan())


def test_a_sound_brings_it_back() -> None:
    async def story(side: Side) -> None:
        call = await goes_directly(side)
        await call.streams[0].play(Sound("beep", bytes(320)))
        await comes_back(call)

    play(story, phones(), dialplan=dialplan())


def test_hold_brings_it_back_and_music_is_heard() -> None:
    async def story(side: Side) -> None:
        call = await goes_directly(side)
        await side.far.until(lambda: call.alice.offering is None)
        call.alice.offer(ALICE + "a=sendonly\r\n", now=side.far.now)
        side.far.pump()
        offers = await call.answer(3)
        assert offers[2][0] is call.bob
        assert offers[2][1].port == call.streams[1].local_address[1]
        await side.far.until(lambda: call.alice.offering is None)
        assert audio(call.alice.remote_sdp).port == call.streams[0].local_address[1]
        assert await call.is_quiet()
        call.alice.offer(ALICE, now=side.far.now)
        side.far.pump()
        offers = await call.answer(5)  # taken back: each is offered the other's address again
        assert [each for each, _ in offers[3:]] == [call.alice, call.bob]
        assert [section.port for _, section in offers[3:]] == [5000, 4000]

    play(story, phones(), dialplan=dialplan())


def test_a_party_that_offers_again_and_again_comes_to_an_end() -> None:
    async def offer(call: Call) -> None:
        await call.side.far.until(lambda: call.alice.offering is None)
        await asyncio.sleep(1)  # the ACK of the last one arrives
        call.alice.offer(ALICE, now=call.side.far.now)
        call.side.far.pump()

    async def story(side: Side) -> None:
        call = await goes_directly(side)
        for _ in range(1, MOST_TRIES):
            await offer(call)
            await call.answer(call.answered + 3)  # Bob's audio comes back, then both go again
        await offer(call)
        await call.answer(call.answered + 1)
        assert await call.is_quiet()

    play(story, phones(), dialplan=dialplan())


def test_who_is_left_alone_gets_its_audio_back() -> None:
    async def story(side: Side) -> None:
        call = await goes_directly(side)
        call.bob.end(now=side.far.now)
        side.far.pump()
        offers = await call.answer(3)
        assert offers[2][0] is call.alice
        assert offers[2][1].port == call.streams[0].local_address[1]

    play(story, phones(), dialplan=dialplan())


def test_a_call_that_ends_is_offered_nothing_more() -> None:
    async def story(side: Side) -> None:
        call = await goes_directly(side)
        call.alice.end(now=side.far.now)
        side.far.pump()
        await side.far.until(
            lambda: len([e for e in side.far.events if isinstance(e, SessionEnded)]) == 2
        )
        assert len(call.offers()) == 2

    play(story, phones(), dialplan=dialplan())
