"""Phones that subscribe, over a socket: lamps of others, presence, and messages that wait."""

import asyncio

import pytest

from switchroom.pbx.states.mailboxes import MailboxChanged, Mailboxes
from switchroom.sip.client import NewRequest
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Header, Request, Response
from switchroom.sip.server import IncomingRequest
from tests.channels.sip_far_end import Side, play
from tests.channels.test_sip_calls import Called

PHONES = """\
[alice]
type=endpoint
context=in
aors=alice
allow=ulaw
mailboxes=100@default
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[bob]
type=endpoint
context=in
aors=bob
allow=ulaw
[bob]
type=aor
max_contacts=1
"""
DIALPLAN = """\
[in]
exten => 200,hint,PJSIP/bob
exten => 300,hint,Custom:lamp
exten => 1,1,Answer()
 same => n,Wait(60)
exten => 2,1,Set(DEVICE_STATE(Custom:lamp)=INUSE)
exten => 3,1,Dial(PJSIP/bob)
"""


class Phone:
    """Subscribes and takes NOTIFYs."""

    def __init__(self, side: Side, *, deaf: bool = False) -> None:
        self.side = side
        self.notified: list[Request] = []
        self._incoming: list[IncomingRequest] = []
        self.deaf = deaf
        self.status = 200
        side.far.answers = self._answer

    def _answer(self, incoming: IncomingRequest) -> None:
        self.notified.append(incoming.request)
        self._incoming.append(incoming)
        if not self.deaf:
            incoming.respond(self.status, now=self.side.far.now)

    def late(self, number: int) -> None:
        """Answer a NOTIFY that was not answered yet."""
        self._incoming[number].respond(self.status, now=self.side.far.now)
        self.side.far.pump()

    async def subscribe(
        self, what: str, event: str, *, expires: int = 600, headers: tuple[Header, ...] = ()
    ) -> Response:
        contact = ("Contact", f"<sip:alice@127.0.0.1:{self.side.far.port}>")
        more = (("Event", event), ("Expires", str(expires)), contact, *headers)
        return await self.side.far.request(
            "SUBSCRIBE", self.side.uri(what), self.side.flow, headers=more
        )

    async def until(self, count: int) -> list[str]:
        await self.side.far.until(lambda: len(self.notified) >= count)
        await asyncio.sleep(1)
        return [each.body.decode() for each in self.notified]


def states(bodies: list[str]) -> list[str]:
    return [body.partition("<state>")[2].partition("<")[0] for body in bodies]


def test_a_lamp_follows_calls_and_registrations() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        response = await phone.subscribe("200", "dialog")
        assert (response.status, response.get("expires")) == (200, "600")
        assert states(await phone.until(1)) == ["terminated"]
        first = phone.notified[0]
        assert first.get("event") == "dialog"
        assert first.get("subscription-state") == "active;expires=600"
        assert first.get("content-type") == "application/dialog-info+xml"
        assert first.to.tag
        assert first.from_.tag
        called = Called(side)
        side.far.answers = phone._answer
        register = await side.far.request(
            "REGISTER", side.uri(), side.flow, sender="sip:bob@127.0.0.1",
            headers=(("Contact", f"<sip:bob@127.0.0.1:{side.far.port}>"),),
        )  # fmt: skip
        assert register.status == 200
        await phone.until(2)
        caller = await side.far.call(side.uri("3"), side.flow)
        await phone.until(3)
        assert states([each.body.decode() for each in phone.notified])[-1] == "confirmed"
        caller.end(now=side.far.now)
        side.far.pump()
        await side.far.until(lambda: called.sessions[0].is_ended)
        await asyncio.sleep(1)
        bodies = [each.body.decode() for each in phone.notified]
        assert states(bodies)[-1] == "terminated"
        assert [f'version="{n}"' in body for n, body in enumerate(bodies)] == [True] * len(bodies)

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_lamp_that_the_dialplan_sets() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        await phone.subscribe("300", "presence;id=7")
        assert phone.notified[0].get("event") == "presence;id=7"
        await side.far.call(side.uri("2"), side.flow)
        bodies = await phone.until(2)
        assert "On the phone" in bodies[-1]
        assert "On the phone" not in bodies[0]

    play(story, PHONES, dialplan=DIALPLAN)


def test_messages_that_wait() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        counts = {"100@default": (0, 1)}
        side.pbx.datastore(Mailboxes).count = lambda mailbox: counts[mailbox]
        await phone.subscribe("alice", "message-summary")
        assert "Voice-Message: 0/1" in (await phone.until(1))[0]
        counts["100@default"] = (2, 1)
        side.pbx.events.publish(MailboxChanged("100@default", 2, 1))
        assert "Voice-Message: 2/1" in (await phone.until(2))[1]

    play(story, PHONES, dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("what", "event", "more", "headers", "status"),
    [
        ("200", "weather", "", (), 489),
        ("1", "dialog", "", (), 404),
        ("nobody", "dialog", "", (), 404),
        ("200", "dialog", "", (("Accept", "text/plain"),), 406),
        ("200", "dialog", "allow_subscribe=no\n", (), 603),
        ("200", "dialog", "sub_min_expiry=900\n", (), 423),
        ("200", "dialog", "subscribe_context=elsewhere\n", (), 404),
    ],
)
def test_what_is_refused(
    what: str, event: str, more: str, headers: tuple[Header, ...], status: int
) -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        response = await phone.subscribe(what, event, headers=headers)
        assert response.status == status
        await asyncio.sleep(1)
        assert phone.notified == []
        assert list(side.service.subscriptions) == []

    play(story, PHONES.replace("mailboxes", f"{more}mailboxes"), dialplan=DIALPLAN)


def test_where_somebody_is_registered() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        assert (await phone.subscribe("alice", "reg")).status == 200
        (first,) = await phone.until(1)
        assert '<registration aor="sip:alice@127.0.0.1' in first
        assert "<uri>sip:desk@" not in first
        contact = ("Contact", f"<sip:desk@127.0.0.1:{side.far.port}>")
        answer = await side.far.request("REGISTER", side.uri(), side.flow, headers=(contact,))
        assert answer.status == 200
        told = await phone.until(3)  # the mailbox of alice as well
        second = next(each for each in told if "reginfo" in each and 'version="1"' in each)
        assert 'state="active" event="registered"' in second
        assert f"<uri>sip:desk@127.0.0.1:{side.far.port}</uri>" in second
        assert (await phone.subscribe("bob", "reg")).status == 404

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_publish_is_refused() -> None:
    async def story(side: Side) -> None:
        Phone(side)
        headers = (("Event", "presence"),)
        response = await side.far.request("PUBLISH", side.uri("200"), side.flow, headers=headers)
        assert response.status == 489
        assert "dialog" in response.get("allow-events")

    play(story, PHONES, dialplan=DIALPLAN)


def test_it_expires_unless_it_is_refreshed() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        await phone.subscribe("200", "dialog", expires=60)
        await asyncio.sleep(61)
        assert phone.notified[-1].get("subscription-state") == "terminated;reason=timeout"
        assert list(side.service.subscriptions) == []
        assert not side.service.stack.subscriptions

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_fetch_is_answered_once() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        assert (await phone.subscribe("200", "dialog", expires=0)).status == 200
        await asyncio.sleep(2)
        assert phone.notified[-1].get("subscription-state") == "terminated;reason=timeout"
        assert list(side.service.subscriptions) == []

    play(story, PHONES, dialplan=DIALPLAN)


@pytest.mark.parametrize("way", ["gone", "silent"])
def test_a_phone_that_is_not_there_any_more_is_forgotten(way: str) -> None:
    async def story(side: Side) -> None:
        phone = Phone(side, deaf=way == "silent")
        phone.status = 481
        await phone.subscribe("200", "dialog")
        await asyncio.sleep(40)
        assert list(side.service.subscriptions) == []

    play(story, PHONES, dialplan=DIALPLAN)


def test_the_end_of_the_node_is_told() -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        await phone.subscribe("200", "dialog")
        await phone.until(1)
        side.service.subscriptions.close()
        side.service.pump()
        await phone.until(2)
        assert phone.notified[-1].get("subscription-state") == "terminated;reason=deactivated"

    play(story, PHONES, dialplan=DIALPLAN)


def test_a_subscription_that_is_too_short_leaves_nothing_behind() -> None:
    async def story(side: Side) -> None:
        response = await Phone(side).subscribe("200", "dialog", expires=5)
        assert response.status == 423
        assert side.service.stack.subscriptions == {}

    play(
        story, PHONES.replace("aors=alice\n", "aors=alice\nsub_min_expiry=60\n"), dialplan=DIALPLAN
    )


def test_a_subscription_that_cannot_be_answered_is_refused() -> None:
    async def story(side: Side) -> None:
        bad = (("Record-Route", '<sip:x>, "'),)
        response = await Phone(side).subscribe("200", "dialog", headers=bad)
        assert response.status == 400
        assert side.service.driver.faults == 0

    play(story, PHONES, dialplan=DIALPLAN)


@pytest.mark.parametrize(
    ("what", "event", "more"),
    [("200", "dialog", ""), ("alice", "message-summary", "voicemail_extension=*97\n")],
)
def test_whom_a_subscription_names_may_be_a_telephone_number(
    what: str, event: str, more: str
) -> None:
    async def story(side: Side) -> None:
        phone = Phone(side)
        contact = ("Contact", f"<sip:alice@127.0.0.1:{side.far.port}>")
        request = NewRequest(
            "SUBSCRIBE",
            side.uri(what),
            NameAddr("sip:alice@127.0.0.1"),
            to=NameAddr("tel:+4930200"),
            headers=(("Event", event), contact),
        )
        side.far.stack.request(request, side.flow, now=side.far.now)
        side.far.pump()
        await phone.until(1)
        assert len(phone.notified) == 1
        assert side.service.driver.faults == 0
        assert len(list(side.service.subscriptions)) == 1

    config = PHONES.replace("aors=alice\n", f"aors=alice\n{more}")
    play(story, config, dialplan=DIALPLAN)
