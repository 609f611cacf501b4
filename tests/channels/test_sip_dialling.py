"""Calls that we make, over a socket, to another SIP core."""

import asyncio

import pytest

from switchroom.net.locating import Locator, Naptr, Srv
from switchroom.pbx.channel import Channel, ChannelState, Progress, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.sip.digest import Authenticator
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session
from tests.channels.sip_far_end import OFFER, Side, play

EVENTS = OFFER.replace("AVP 0", "AVP 0 101") + "a=rtpmap:101 telephone-event/8000\r\n"
TRUNK = """\
[trunk]
type=endpoint
context=in
allow=ulaw
aors=trunk
outbound_auth=first,second
[first]
type=auth
username=u1
password=p1
realm=proxy
[second]
type=auth
username=u2
password=p2
realm=far end
[trunk]
type=aor
contact=sip:127.0.0.1:{far}
"""


async def dial(side: Side, resource: str) -> Channel:
    channel = await side.pbx.technologies["PJSIP"].request(side.pbx, resource, None)
    await channel.driver.dial()
    return channel


def accept(session: Session) -> None:
    session.accept(OFFER, now=asyncio.get_running_loop().time())


def test_a_proxy_and_the_far_end_ask_each_for_its_realm() -> None:
    async def story(side: Side) -> None:
        judge = Authenticator(b"k" * 16, algorithms=("MD5",))
        asked = [(407, "Proxy-Authenticate", "proxy"), (401, "WWW-Authenticate", "far end")]

        def on_invite(session: Session) -> None:
            now = side.far.now
            if not asked:
                accept(session)
                return
            status, header, realm = asked.pop(0)
            (challenge,) = judge.challenges(realm, now=now)
            session.refuse(status, now=now, headers=[(header, challenge)])

        side.far.on_invite = on_invite
        channel = await dial(side, "PJSIP/100@trunk".partition("/")[2])
        await side.far.until(lambda: channel.state is ChannelState.UP)
        first, second, third = side.far.requests("INVITE")
        assert "authorization" not in first.fields
        assert 'username="u1"' in second.get("proxy-authorization")
        assert 'username="u1"' in third.get("proxy-authorization")
        assert "nc=00000002" in third.get("proxy-authorization")
        assert 'username="u2"' in third.get("authorization")
        assert third.uri == f"sip:100@127.0.0.1:{side.far.port}"

    play(story, TRUNK)


def test_a_call_goes_through_the_proxy() -> None:
    async def story(side: Side) -> None:
        side.far.on_invite = accept
        channel = await dial(side, "100@trunk")
        await side.far.until(lambda: channel.state is ChannelState.UP)
        (invite,) = side.far.requests("INVITE")
        assert invite.uri == "sip:100@carrier.invalid"
        assert invite.get("route") == f"<sip:127.0.0.1:{side.far.port};transport=udp;lr>"

    proxied = TRUNK.replace("sip:127.0.0.1:{far}", "sip:carrier.invalid").replace(
        "context=in", "outbound_proxy=sip:127.0.0.1:{far}\\;transport=udp"
    )
    play(story, proxied)


class Names:
    """Two servers of a name: the first is deaf."""

    def __init__(self, ports: list[int]) -> None:
        self.ports = ports

    async def naptr(self, name: str) -> list[Naptr]:
        return []

    async def srv(self, name: str) -> list[Srv]:
        if name != "_sip._udp.carrier.example":
            return []
        return [Srv(n, 0, port, "host") for n, port in enumerate(self.ports)]

    async def addresses(self, name: str) -> list[str]:
        return ["127.0.0.1"] if name == "host" else []


NAMED = TRUNK.replace("sip:127.0.0.1:{far}", "sip:carrier.example")


def test_a_second_server_of_the_name_takes_the_call() -> None:
    async def story(side: Side) -> None:
        side.service.locator = Locator(Names([9, side.far.port]))
        side.far.on_invite = accept
        channel = await dial(side, "100@trunk")
        async with asyncio.timeout(120):
            while channel.state is not ChannelState.UP:
                await asyncio.sleep(1)
        assert side.far.requests("INVITE")[0].uri == "sip:100@carrier.example"

    play(story, NAMED)


def test_a_server_out_of_service_is_passed_by() -> None:
    async def story(side: Side) -> None:
        side.service.locator = Locator(Names([side.far.port, side.far.port]))
        statuses = [503, 486]
        side.far.on_invite = lambda s: s.refuse(statuses.pop(0), now=side.far.now)
        channel = await dial(side, "100@trunk")
        await side.far.until(lambda: channel.is_hung_up)
        assert channel.hangup_cause is HangupCause.USER_BUSY
        assert statuses == []

    play(story, NAMED)


def test_a_name_that_leads_nowhere() -> None:
    async def story(side: Side) -> None:
        side.service.locator = Locator(Names([]))
        with pytest.raises(RequestError, match=r"no transport reaches") as raised:
            await dial(side, "100@trunk")
        assert raised.value.cause is HangupCause.NO_ROUTE_DESTINATION

    play(story, NAMED)


@pytest.mark.parametrize(
    ("status", "reason", "cause", "is_busy"),
    [
        (486, "", HangupCause.USER_BUSY, True),
        (486, "Q.850;cause=16", HangupCause.NORMAL_CLEARING, True),
        (
            480,
            'SIP;cause=480, Q.850;cause=27;text="gone"',
            HangupCause.DESTINATION_OUT_OF_ORDER,
            False,
        ),
        (404, "Q.850;cause=x", HangupCause.UNALLOCATED, False),
    ],
)
def test_a_refusal_tells_its_cause(
    status: int, reason: str, cause: HangupCause, *, is_busy: bool
) -> None:
    async def story(side: Side) -> None:
        headers = [("Reason", reason)] if reason else []
        side.far.on_invite = lambda s: s.refuse(status, now=side.far.now, headers=headers)
        channel = await side.pbx.technologies["PJSIP"].request(side.pbx, "100@trunk", None)
        told: list[Progress] = []
        channel.watch(told.append)
        await channel.driver.dial()
        await side.far.until(lambda: channel.is_hung_up)
        assert channel.hangup_cause is cause
        assert (Progress.BUSY in told) is is_busy

    play(story, TRUNK)


@pytest.mark.parametrize(
    ("mode", "sdp", "by_info"),
    [
        ("auto_info", OFFER, True),
        ("auto_info", EVENTS, False),
        ("auto", OFFER, False),
        ("info", EVENTS, True),
    ],
)
def test_how_digits_travel(mode: str, sdp: str, *, by_info: bool) -> None:
    async def story(side: Side) -> None:
        side.far.on_invite = lambda s: s.accept(sdp, now=side.far.now)

        def answer(incoming: IncomingRequest) -> None:
            incoming.respond(200, now=side.far.now)

        side.far.answers = answer
        channel = await dial(side, "100@trunk")
        await side.far.until(lambda: channel.state is ChannelState.UP)
        await channel.send_digit("5")
        await asyncio.sleep(1)
        infos = side.far.requests("INFO")
        assert [b"Signal=5" in each.body for each in infos] == ([True] if by_info else [])

    play(story, TRUNK.replace("context=in", f"context=in\ndtmf_mode={mode}"))


def test_a_host_that_is_no_peer_is_called_as_sip_conf_says_of_all() -> None:
    async def story(side: Side) -> None:
        side.far.on_invite = accept
        channel = await dial(side, f"7070@127.0.0.1:{side.far.port}")
        await side.far.until(lambda: channel.state is ChannelState.UP)
        (invite,) = side.far.requests("INVITE")
        assert invite.uri == f"sip:7070@127.0.0.1:{side.far.port}"
        assert channel.name.startswith(f"SIP/127.0.0.1:{side.far.port}-")
        with pytest.raises(RequestError):
            await dial(side, "7070@nobody")

    play(story, "", sip="[general]\nallow=!all,ulaw\n")


def test_without_a_sip_conf_there_are_no_hosts_but_endpoints() -> None:
    async def story(side: Side) -> None:
        with pytest.raises(RequestError):
            await dial(side, f"7070@127.0.0.1:{side.far.port}")

    play(story, TRUNK)
