"""Dialogs that no sane core makes: written by hand, octet for octet, over a socket."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from switchroom.pbx.channel import ChannelState
from tests.channels.sip_far_end import OFFER, PATIENCE, Side, play
from tests.support.fakes import fake_stream

PHONES = """\
[alice]
type=endpoint
context=in
allow=ulaw,alaw
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
contact=sip:bob@127.0.0.1:9
"""
DIALPLAN = "[in]\nexten => 1,1,Answer()\n same => n,Wait(60)\n"
ALAW = OFFER.replace("AVP 0", "AVP 8").replace("0 PCMU", "8 PCMA")


@dataclass
class Hand(asyncio.DatagramProtocol):
    """A socket; what arrives is kept."""

    inbox: list[str] = field(default_factory=list)
    port: int = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.inbox.append(data.decode())

    def send(self, port: int, *lines: str, body: str = "") -> None:
        kind = ["Content-Type: application/sdp"] if body else []
        head = "\r\n".join([*lines, *kind, f"Content-Length: {len(body)}"])
        self.transport.sendto(f"{head}\r\n\r\n{body}".encode(), ("127.0.0.1", port))

    async def get(self, start: str) -> str:
        """The first message that begins so; it is taken out."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for each in self.inbox:
                    if each.startswith(start):
                        self.inbox.remove(each)
                        return each
                await asyncio.sleep(0.01)


async def by_hand() -> Hand:
    loop = asyncio.get_running_loop()
    _, hand = await loop.create_datagram_endpoint(Hand, local_addr=("127.0.0.1", 0))
    return hand


def header(message: str, name: str) -> str:
    lines = message.partition("\r\n\r\n")[0].split("\r\n")
    return next(line.partition(": ")[2] for line in lines if line.lower().startswith(f"{name}: "))


def answer(request: str, status: str, *, tag: str = "", contact: str = "") -> list[str]:
    """The head of a response."""
    to = header(request, "to")
    lines = [f"SIP/2.0 {status}"]
    lines += [
        f"{name.title()}: {header(request, name)}" for name in ("via", "from", "call-id", "cseq")
    ]
    lines.append(f"To: {to};tag={tag}" if tag else f"To: {to}")
    return lines + ([f"Contact: {contact}"] if contact else [])


def test_a_re_invite_without_an_offer_is_offered_one() -> None:
    """As a third party does that connects two (RFC 3725)."""

    async def story(side: Side) -> None:
        hand = await by_hand()
        common = [
            "From: <sip:alice@127.0.0.1>;tag=a", "Call-ID: late", "Max-Forwards: 70",
            f"Contact: <sip:alice@127.0.0.1:{hand.port}>",
        ]  # fmt: skip
        uri = side.uri("1")

        def via(branch: str) -> str:
            return f"Via: SIP/2.0/UDP 127.0.0.1:{hand.port};branch=z9hG4bK{branch}"

        hand.send(side.port, f"INVITE {uri} SIP/2.0", via("1"), *common, f"To: <{uri}>",
                  "CSeq: 1 INVITE", body=OFFER)  # fmt: skip
        first = await hand.get("SIP/2.0 200")
        to = f"To: {header(first, 'to')}"
        hand.send(side.port, f"ACK {uri} SIP/2.0", via("2"), *common, to, "CSeq: 1 ACK")
        hand.send(side.port, f"INVITE {uri} SIP/2.0", via("3"), *common, to, "CSeq: 2 INVITE")
        second = await hand.get("SIP/2.0 200")
        assert "a=rtpmap:0 PCMU" in second
        assert "a=rtpmap:8 PCMA" in second
        assert "a=sendrecv" in second
        hand.send(side.port, f"ACK {uri} SIP/2.0", via("4"), *common, to, "CSeq: 2 ACK", body=ALAW)
        (channel,) = side.pbx.channels.values()

        def codec() -> str:
            plan = fake_stream(channel).plan
            return plan.codec if plan is not None else ""

        await side.far.until(lambda: codec() == "PCMA")
        assert not channel.is_hung_up
        hand.transport.close()

    play(story, PHONES, dialplan=DIALPLAN)


def test_of_two_forks_the_first_to_answer_has_the_call() -> None:
    async def story(side: Side) -> None:
        hand = await by_hand()
        uri = f"sip:bob@127.0.0.1:{hand.port}"
        channel = await side.pbx.technologies["PJSIP"].request(side.pbx, f"bob/{uri}", None)
        await channel.driver.dial()
        invite = await hand.get("INVITE")
        for tag in ("one", "two"):
            contact = f"<sip:{tag}@127.0.0.1:{hand.port}>"
            lines = answer(invite, "183 Session Progress", tag=tag, contact=contact)
            hand.send(side.port, *lines, body=OFFER)
        await side.far.until(lambda: fake_stream(channel).plan)
        for tag in ("one", "two"):
            contact = f"<sip:{tag}@127.0.0.1:{hand.port}>"
            hand.send(side.port, *answer(invite, "200 OK", tag=tag, contact=contact), body=OFFER)
        for tag in ("one", "two"):
            acknowledged = await hand.get(f"ACK sip:{tag}@")
            assert f";tag={tag}" in header(acknowledged, "to")
        goodbye = await hand.get("BYE sip:two@")
        assert ";tag=two" in header(goodbye, "to")
        hand.send(side.port, *answer(goodbye, "200 OK"))
        assert channel.state is ChannelState.UP
        channel.hangup()
        await hand.get("BYE sip:one@")
        hand.transport.close()

    play(story, PHONES, dialplan=DIALPLAN)


def test_the_200_of_a_fork_that_comes_again_is_acknowledged_again() -> None:
    async def story(side: Side) -> None:
        hand = await by_hand()
        uri = f"sip:bob@127.0.0.1:{hand.port}"
        channel = await side.pbx.technologies["PJSIP"].request(side.pbx, f"bob/{uri}", None)
        await channel.driver.dial()
        invite = await hand.get("INVITE")
        contact = f"<sip:one@127.0.0.1:{hand.port}>"
        for _ in range(2):
            hand.send(side.port, *answer(invite, "200 OK", tag="one", contact=contact), body=OFFER)
            assert ";tag=one" in header(await hand.get("ACK sip:one@"), "to")
        channel.hangup()
        await hand.get("BYE sip:one@")
        hand.transport.close()

    play(story, PHONES, dialplan=DIALPLAN)


def test_an_offer_in_one_of_several_parts() -> None:
    """RFC 5621: the part that is understood counts."""

    async def story(side: Side) -> None:
        hand = await by_hand()
        uri = side.uri("1")
        body = (
            "--cut\r\nContent-Type: application/isup;version=itu-t\r\n"
            "Content-Disposition: signal;handling=optional\r\n\r\n\x01\x02\r\n"
            f"--cut\r\nContent-Type: application/sdp\r\n\r\n{OFFER}\r\n--cut--\r\n"
        )
        head = [
            f"INVITE {uri} SIP/2.0", f"Via: SIP/2.0/UDP 127.0.0.1:{hand.port};branch=z9hG4bKm",
            "From: <sip:alice@127.0.0.1>;tag=a", f"To: <{uri}>", "Call-ID: parts",
            "CSeq: 1 INVITE", "Max-Forwards: 70", f"Contact: <sip:alice@127.0.0.1:{hand.port}>",
            "MIME-Version: 1.0", "Content-Type: multipart/mixed;boundary=cut",
            f"Content-Length: {len(body)}",
        ]  # fmt: skip
        hand.transport.sendto(
            ("\r\n".join(head) + "\r\n\r\n" + body).encode(), ("127.0.0.1", side.port)
        )
        assert "a=rtpmap:0 PCMU" in await hand.get("SIP/2.0 200")
        hand.transport.close()

    play(story, PHONES, dialplan=DIALPLAN)
