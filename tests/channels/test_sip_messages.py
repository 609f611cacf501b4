"""Text messages in and out, over a socket."""

import asyncio

import pytest

from switchroom.pbx.text_message import MessageListeners, TextMessageArrived
from switchroom.pbx.transfers.referring import Referral, Referrers
from switchroom.sip.message import Header, Request
from switchroom.sip.server import IncomingRequest
from tests.channels.sip_far_end import Side, play

PHONES = """\
[alice]
type=endpoint
context=none
message_context=texts
aors=alice
[alice]
type=aor
contact=sip:alice@127.0.0.1:{far}
[gone]
type=endpoint
aors=gone
[gone]
type=aor
"""
TEXTS = """\
[texts]
exten => 100,1,Set(DB(t/got)=${MESSAGE(from)}|${MESSAGE(body)}|${MESSAGE_DATA(x-tone)}|${CALLERID(num)})
exten => 200,1,Set(MESSAGE(body)=${MESSAGE(body)}!)
 same => n,Set(MESSAGE_DATA(X-Answer)=yes)
 same => n,MessageSend(pjsip:alice,"PBX" <sip:pbx@us>)
 same => n,Set(DB(t/status)=${MESSAGE_SEND_STATUS})
"""


async def send(
    side: Side, to: str, body: bytes = b"hello", kind: str = "text/plain", **headers: str
) -> int:
    more: tuple[Header, ...] = (
        ("Content-Type", kind),
        *((n.replace("_", "-"), v) for n, v in headers.items()),
    )
    response = await side.far.request("MESSAGE", side.uri(to), side.flow, headers=more, body=body)
    return response.status


def test_a_message_runs_the_dialplan() -> None:
    async def story(side: Side) -> None:
        assert await send(side, "100", "h\u00e9llo".encode(), X_Tone="low") == 202
        await side.far.until(lambda: side.pbx.astdb.get("t", "got"))
        assert side.pbx.astdb.get("t", "got") == "<sip:alice@127.0.0.1>|h\u00e9llo|low|alice"
        await asyncio.sleep(1)
        assert not side.pbx.channels

    play(story, PHONES, dialplan=TEXTS)


@pytest.mark.parametrize(
    ("to", "body", "kind", "status"),
    [
        ("999", b"x", "text/plain", 404),
        ("100", b"x", "text/html", 415),
        ("100", b"x" * 60_000, "text/plain", 202),
        ("100", b"", "", 202),
        (
            "100",
            b"--b\r\nContent-Type: text/html\r\n\r\nx\r\n--b--",
            "multipart/mixed;boundary=b",
            415,
        ),
    ],
)
def test_what_is_taken(to: str, body: bytes, kind: str, status: int) -> None:
    async def story(side: Side) -> None:
        assert await send(side, to, body, kind) == status

    play(story, PHONES, dialplan=TEXTS)


def test_a_message_is_answered_by_another() -> None:
    async def story(side: Side) -> None:
        got: list[Request] = []

        def answer(incoming: IncomingRequest) -> None:
            got.append(incoming.request)
            incoming.respond(200, now=side.far.now)

        side.far.answers = answer
        await send(side, "200")
        await side.far.until(lambda: got)
        (message,) = got
        assert message.uri == f"sip:alice@127.0.0.1:{side.far.port}"
        assert message.body == b"hello!"
        assert (message.from_.name, message.from_.uri) == ("PBX", "sip:pbx@us")
        assert message.get("x-answer") == "yes"
        await side.far.until(lambda: side.pbx.astdb.get("t", "status") == "SUCCESS")

    play(story, PHONES, dialplan=TEXTS)


@pytest.mark.parametrize(
    ("destination", "status"),
    [
        ("pjsip:alice", "SUCCESS"),
        ("pjsip:700@alice", "SUCCESS"),
        ("pjsip:alice/sip:x@127.0.0.1", "SUCCESS"),
        ("pjsip:sip:x@127.0.0.1", "SUCCESS"),
        ("sip:alice", "SUCCESS"),
        ("pjsip:gone", "INVALID_URI"),
        ("pjsip:<<", "INVALID_URI"),
        ("xmpp:alice", "INVALID_PROTOCOL"),
    ],
)
def test_destinations(destination: str, status: str) -> None:
    async def story(side: Side) -> None:
        await send(side, "1")
        await side.far.until(lambda: side.pbx.astdb.get("t", "s"))
        assert side.pbx.astdb.get("t", "s") == status

    plan = f"[texts]\nexten => 1,1,MessageSend({destination})\n"
    plan += " same => n,Set(DB(t/s)=${MESSAGE_SEND_STATUS})\n"
    play(story, PHONES, dialplan=plan)


def test_whoever_wants_messages_is_told_beside_the_dialplan() -> None:
    async def story(side: Side) -> None:
        told: list[TextMessageArrived] = []
        assert await send(side, "900") == 404
        side.pbx.datastore(MessageListeners).append(lambda _, name: name == "alice")
        side.pbx.events.subscribe(TextMessageArrived, told.append)
        assert await send(side, "900", X_Tone="low") == 202
        (message,) = told
        assert (message.technology, message.endpoint, message.body) == ("PJSIP", "alice", "hello")
        assert message.headers == (("X-Tone", "low"),)

    play(story, PHONES, dialplan=TEXTS)


@pytest.mark.parametrize(
    ("to", "target", "to_self", "wanted"),
    [
        ("pjsip:alice", "sip:bob@example.com", False, "<sip:bob@example.com>"),
        ("pjsip:alice", "200", True, "<sip:200@127.0.0.1>"),
        ("pjsip:gone", "sip:bob@example.com", False, None),
        ("pjsip:alice", "sip:bob@exa mple", False, None),
    ],
)
def test_a_phone_is_asked_to_call_somebody(
    to: str, target: str, *, to_self: bool, wanted: str | None
) -> None:
    async def story(side: Side) -> None:
        got: list[Request] = []

        def take(incoming: IncomingRequest) -> None:
            got.append(incoming.request)
            incoming.respond(202, now=side.far.now)

        side.far.answers = take
        referral = Referral(to, '"PBX" <sip:pbx@us>', target, to_self=to_self)
        sent = await side.pbx.datastore(Referrers)["pjsip"](referral)
        assert sent is (wanted is not None)
        if wanted is not None:
            await side.far.until(lambda: got)
            assert got[0].method == "REFER"
            assert got[0].get("refer-to") == wanted

    play(story, PHONES, dialplan=TEXTS)
