"""Small options of endpoints, and of all of them, as the other side sees them."""

import asyncio

import pytest

from switchroom.config.acl import read_acl
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import read_pjsip
from switchroom.pbx.channel import ChannelState
from switchroom.sip.events import SessionEnded, SessionProgress
from switchroom.sip.message import Request
from switchroom.sip.session import Session, SessionState
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.fakes import fake_stream

PHONES = "".join(
    f"[{name}]\ntype=endpoint\ncontext=in\nallow=ulaw,alaw\naors={name}\n{{more}}"
    f"[{name}]\ntype=aor\n{{aor}}contact=sip:{name}@127.0.0.1:{{far}}\n"
    for name in ("alice", "bob")
)
DIALPLAN = """\
[in]
exten => 1,1,Answer()
 same => n,Wait(3600)
exten => 2,1,Dial(PJSIP/bob,30)
exten => 3,1,Progress()
 same => n,Ringing()
 same => n,Wait(5)
exten => 4,1,Hangup(17)
exten => 5,1,Ringing()
 same => n,Wait(5)
 same => n,Answer()
 same => n,Wait(5)
exten => 6,1,Progress()
 same => n,Dial(PJSIP/bob,4)
 same => n,Wait(5)
exten => 200,1,NoOp()
[more]
exten => 77,1,NoOp()
"""


def phones(more: str = "", *, all_of_them: str = "", aor: str = "") -> str:
    text = PHONES.format(more=more, far="{far}", aor=aor)
    return f"{text}[global]\ntype=global\n{all_of_them}" if all_of_them else text


class Bob:
    """Answers calls."""

    def __init__(self, side: Side, sdp: str = OFFER) -> None:
        self.sessions: list[Session] = []
        self._side, self._sdp = side, sdp
        side.far.on_invite = self._invite
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)

    def _invite(self, session: Session) -> None:
        self.sessions.append(session)
        session.accept(self._sdp, now=self._side.far.now)


async def invite_to_bob(side: Side) -> Request:
    Bob(side)
    await side.far.call(side.uri("2"), side.flow)
    return side.far.requests("INVITE")[0]


@pytest.mark.parametrize(
    ("more", "everywhere", "header", "value"),
    [
        ("contact_user=pbx\n", "", "contact", "<sip:pbx@127.0.0.1:{port}>"),
        ("", "use_callerid_contact=yes\n", "contact", "<sip:123@127.0.0.1:{port}>"),
        ("user_eq_phone=yes\n", "", "from", "<sip:123@127.0.0.1;user=phone>"),
        ("send_pai=yes\nuser_eq_phone=yes\n", "", "p-asserted-identity",
         "<sip:123@127.0.0.1;user=phone>"),
        ("", "max_forwards=12\n", "max-forwards", "12"),
    ],
)  # fmt: skip
def test_how_an_invite_looks(more: str, everywhere: str, header: str, value: str) -> None:
    async def story(side: Side) -> None:
        Bob(side)
        await side.far.call(side.uri("2"), side.flow)
        invite = side.far.requests("INVITE")[0]
        found = invite.get(header).partition(";tag")[0]
        assert found == value.replace("{port}", str(side.port))

    play(story, phones(f"callerid=<123>\n{more}", all_of_them=everywhere), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("everywhere", "user"), [("", "asterisk"), ("default_from_user=me\n", "me")]
)
def test_who_calls_where_nobody_is_known(everywhere: str, user: str) -> None:
    async def story(side: Side) -> None:
        Bob(side)
        channel = await side.pbx.technologies["PJSIP"].request(side.pbx, "bob", None)
        await channel.driver.dial()
        await side.far.until(lambda: channel.state is ChannelState.UP)
        assert side.far.requests("INVITE")[0].from_.uri == f"sip:{user}@127.0.0.1"

    play(story, phones(all_of_them=everywhere), dialplan=DIALPLAN)


def test_how_a_description_looks() -> None:
    async def story(side: Side) -> None:
        invite = await invite_to_bob(side)
        text = invite.body.decode()
        assert "o=us " in text
        assert "s=call\r\n" in text

    play(story, phones("sdp_owner=us\nsdp_session=call\n"), dialplan=DIALPLAN)


@pytest.mark.parametrize(("hides", "reason"), [("no", "Q.850;cause=17"), ("yes", "")])
def test_the_cause_of_a_refusal(hides: str, reason: str) -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("4"), side.flow)
        assert session.response is not None
        assert session.response.status == 486
        assert session.response.get("reason") == reason

    play(story, phones(f"suppress_q850_reason_headers={hides}\n"), dialplan=DIALPLAN)


def statuses(side: Side, session: Session) -> list[int]:
    return [
        event.status
        for event in side.far.events
        if isinstance(event, SessionProgress) and event.session is session
    ]


@pytest.mark.parametrize(("allowed", "told"), [("no", [183]), ("yes", [183, 180])])
def test_whether_it_rings_after_progress(allowed: str, told: list[int]) -> None:
    async def story(side: Side) -> None:
        session = side.far.invite(side.uri("3"), side.flow)
        await asyncio.sleep(2)
        assert statuses(side, session) == told

    everywhere = f"allow_sending_180_after_183={allowed}\n"
    play(story, phones(all_of_them=everywhere), dialplan=DIALPLAN)


def test_after_progress_it_rings_as_a_tone_until_the_dial_is_over() -> None:
    async def story(side: Side) -> None:
        side.far.on_invite = lambda session: session.provisional(180, now=side.far.now)
        side.far.answers = lambda incoming: incoming.respond(200, now=side.far.now)
        session = side.far.invite(side.uri("6"), side.flow)
        await asyncio.sleep(2)
        alice = next(c for c in side.pbx.channels.values() if "alice" in c.name)
        assert fake_stream(alice).background.name == "ring"
        await asyncio.sleep(5)
        assert len(side.pbx.channels) == 1
        assert fake_stream(alice).background.name != "ring"
        assert statuses(side, session) == [183]

    play(story, phones(), dialplan=DIALPLAN)


def test_ringing_as_a_tone() -> None:
    async def story(side: Side) -> None:
        session = side.far.invite(side.uri("5"), side.flow)
        await asyncio.sleep(2)
        assert statuses(side, session) == [183]
        (channel,) = side.pbx.channels.values()
        assert fake_stream(channel).background.name == "ring"
        await side.far.until(lambda: session.state is SessionState.CONFIRMED)
        await asyncio.sleep(0.1)
        assert fake_stream(channel).background.name != "ring"

    play(story, phones("inband_progress=yes\n"), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("number", "more", "everywhere", "status"),
    [
        ("20", "", "", 484),
        ("20", "allow_overlap=no\n", "", 404),
        ("21", "", "", 404),
        ("7", "overlap_context=more\n", "", 484),
        ("1;npi=x", "", "", 404),
        ("1;npi=x", "", "ignore_uri_user_options=yes\n", 200),
    ],
)
def test_numbers_that_are_not_whole(number: str, more: str, everywhere: str, status: int) -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri(number), side.flow)
        assert session.response is not None
        assert session.response.status == status

    play(story, phones(more, all_of_them=everywhere), dialplan=DIALPLAN)


@pytest.mark.parametrize(("order", "codec"), [("local", "PCMU"), ("remote_first", "PCMA")])
def test_whose_order_of_codecs_counts(order: str, codec: str) -> None:
    async def story(side: Side) -> None:
        offer = OFFER.replace("AVP 0", "AVP 8 0") + "a=rtpmap:8 PCMA/8000\r\n"
        session = await side.far.call(side.uri("1"), side.flow, sdp=offer)
        assert f"a=rtpmap:{'0' if codec == 'PCMU' else '8'} {codec}" in session.remote_sdp

    play(story, phones(f"incoming_call_offer_pref={order}\n"), dialplan=DIALPLAN)


@pytest.mark.parametrize(("silent", "music"), [("no", True), ("yes", False)])
def test_whether_a_held_party_hears_music(silent: str, *, music: bool) -> None:
    async def story(side: Side) -> None:
        Bob(side)
        alice = await side.far.call(side.uri("2"), side.flow)
        bob = next(c for c in side.pbx.channels.values() if "bob" in c.name)
        before = fake_stream(bob).background.name
        alice.offer(f"{OFFER}a=sendonly\r\n", now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: alice.offering is None)
        await asyncio.sleep(0.1)
        assert (fake_stream(bob).background.name != before) is music

    play(story, phones(f"suppress_moh_on_sendonly={silent}\n"), dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("deny=0.0.0.0/0\npermit=127.0.0.0/8\n", 200),
        ("deny=127.0.0.1\n", 403),
        ("contact_deny=127.0.0.1\n", 403),
        ("[everybody]\ntype=acl\ndeny=127.0.0.1\n", 403),
        ("[everybody]\ntype=acl\ncontact_permit=10.0.0.0/8\ncontact_deny=127.0.0.0/8\n", 403),
    ],
)
def test_from_where_calls_may_come(more: str, status: int) -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("1"), side.flow)
        assert session.response is not None
        assert session.response.status == status
        contact = ("Contact", f"<sip:alice@127.0.0.1:{side.far.port}>")
        answer = await side.far.request("REGISTER", side.uri(), side.flow, headers=(contact,))
        assert answer.status == status
        outcome = side.far.outcome(session)
        assert isinstance(outcome, SessionEnded) is (status == 403)

    text = phones("" if "type" in more else more) + (more if "type" in more else "")
    play(story, text, dialplan=DIALPLAN)


def test_a_named_list() -> None:
    named = read_acl(parse_config("[office]\ndeny=0.0.0.0/0\npermit=192.0.2.0/24\n"))
    text = "[a]\ntype=endpoint\nacl=office\ncontact_acl=office\n"
    config = read_pjsip(parse_config(text), named)
    rules = config.endpoints["a"].rules
    for each in (rules.requests, rules.contacts):
        assert each.allows("192.0.2.7")
        assert not each.allows("192.0.3.7")
