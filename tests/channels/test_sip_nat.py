"""Behind a NAT: what the outside is shown, and where answers go."""

import asyncio
from ipaddress import ip_network

import pytest

from switchroom.channels.sip.endpoints.endpoint import Transport
from switchroom.channels.sip.endpoints.nat import PublicAddresses
from switchroom.net.driver import SipDriver
from switchroom.net.tcp import open_tcp
from switchroom.pbx.channel import ChannelState
from switchroom.sip.events import Event
from switchroom.sip.flow import Address, Flow
from switchroom.sip.session import Session
from switchroom.sip.stack import SipStack
from switchroom.sip.stack_config import StackConfig
from tests.channels.sip_far_end import OFFER, Side, play
from tests.support.virtual_loop import run_virtual

OURS = ("10.0.0.5", 5060)
NETS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def shown(transport: Transport, remote: str, *, local: Address = OURS) -> tuple[Address, str]:
    public = PublicAddresses([(transport, 5060)], {"media.example": "203.0.113.9"})
    flow = Flow("udp", (remote, 5060), local)
    return public.signalling(flow), public.media(flow, local[0])


@pytest.mark.parametrize(
    ("transport", "remote", "signalling", "media"),
    [
        (Transport("t", "udp", "0.0.0.0", 5060), "198.51.100.1", OURS, OURS[0]),
        (
            Transport("t", "udp", "0.0.0.0", 5060, "203.0.113.5"),
            "198.51.100.1", ("203.0.113.5", 5060), OURS[0],
        ),
        (
            Transport("t", "udp", "0.0.0.0", 5060, "203.0.113.5", 15060, "203.0.113.6", NETS),
            "198.51.100.1", ("203.0.113.5", 15060), "203.0.113.6",
        ),
        (
            Transport("t", "udp", "0.0.0.0", 5060, "203.0.113.5", 15060, "203.0.113.6", NETS),
            "10.9.9.9", OURS, OURS[0],
        ),
        (
            Transport("t", "udp", "0.0.0.0", 5060, "", 0, "media.example", NETS),
            "2001:db8::1", OURS, "203.0.113.9",
        ),
        (Transport("t", "tcp", "0.0.0.0", 5060, "203.0.113.5"), "198.51.100.1", OURS, OURS[0]),
    ],
)  # fmt: skip
def test_what_a_peer_is_shown(
    transport: Transport, remote: str, signalling: Address, media: str
) -> None:
    assert shown(transport, remote) == (signalling, media)


PHONE = """\
[alice]
type=endpoint
context=in
allow=ulaw
aors=alice
[alice]
type=aor
contact=sip:127.0.0.1:{far}
"""
DIALPLAN = "[in]\nexten => 100,1,Answer()\n same => n,Wait(30)\n"


def accept(session: Session) -> None:
    session.accept(OFFER, now=asyncio.get_running_loop().time())


@pytest.mark.parametrize(
    ("more", "host"), [("", "127.0.0.1"), ("media_address=203.0.113.7\n", "203.0.113.7")]
)
def test_media_address(more: str, host: str) -> None:
    async def story(side: Side) -> None:
        session = await side.far.call(side.uri("100"), side.flow)
        assert f"c=IN IP4 {host}\r\n" in session.remote_sdp

    play(story, PHONE.replace("aors=alice\n", f"aors=alice\n{more}"), dialplan=DIALPLAN)


@pytest.mark.parametrize(("rewrite", "comes"), [("yes", True), ("no", False)])
def test_a_bye_finds_a_phone_with_a_private_contact(rewrite: str, *, comes: bool) -> None:
    async def story(side: Side) -> None:
        side.far.stack.advertised = lambda _: ("192.0.2.99", 5060)
        session = await side.far.call(side.uri("100"), side.flow)
        (channel,) = side.pbx.channels.values()
        channel.hangup()
        await asyncio.sleep(1)
        assert session.is_ended is comes

    play(
        story,
        f"{PHONE}".replace("aors=alice\n", f"aors=alice\nrewrite_contact={rewrite}\n"),
        dialplan=DIALPLAN,
    )


def test_a_contact_behind_a_nat_is_called_where_it_registered_from() -> None:
    async def story(side: Side) -> None:
        response = await side.far.request(
            "REGISTER", side.uri(), side.flow, headers=(("Contact", "<sip:alice@192.0.2.99>"),)
        )
        assert response.status == 200
        side.service.location.forget_flows()  # as after a restart
        side.far.on_invite = accept
        channel = await side.pbx.technologies["PJSIP"].request(side.pbx, "alice", None)
        await channel.driver.dial()
        await side.far.until(lambda: channel.state is ChannelState.UP)
        (invite,) = side.far.requests("INVITE")
        assert invite.uri == "sip:alice@192.0.2.99"

    text = PHONE.replace("contact=sip:127.0.0.1:{far}", "max_contacts=1")
    play(story, text.replace("aors=alice\n", "aors=alice\nrewrite_contact=yes\n"))


ACK = (
    b"ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
    b"To: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"
)


def test_a_silent_connection_is_kept_alive() -> None:
    async def main() -> None:
        events: list[Event] = []
        driver = SipDriver(SipStack(StackConfig(), lambda: "t"), events.append)
        transport = await open_tcp(driver, "127.0.0.1", 0)
        transport.keep_alive = 90.0
        reader, writer = await asyncio.open_connection(*transport.local_address)
        writer.write(ACK)  # who says nothing at all is not kept
        await asyncio.sleep(80)
        writer.write(b"\r\n\r\n")
        assert await reader.readexactly(2) == b"\r\n"  # an answer to our own ping
        began = asyncio.get_running_loop().time()
        assert await reader.readexactly(4) == b"\r\n\r\n"
        assert 90 <= asyncio.get_running_loop().time() - began <= 110
        writer.close()
        transport.close()
        driver.close()
        await asyncio.sleep(0)

    run_virtual(main())
