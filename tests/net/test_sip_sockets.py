"""The drivers over real loopback sockets."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

import pytest

from switchroom.net.driver import SipDriver
from switchroom.net.local_address import local_host_towards
from switchroom.net.tcp import open_tcp
from switchroom.net.udp import open_udp
from switchroom.sip.client import NewCall, NewRequest
from switchroom.sip.events import (
    Event,
    InviteReceived,
    RequestReceived,
    ResponseReceived,
    SessionAnswered,
    SessionEnded,
)
from switchroom.sip.flow import Flow
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.stack import SipStack
from switchroom.sip.stack_config import StackConfig
from tests.sip.peers import ANSWER, OFFER

_tokens = itertools.count(1)


class Agent:
    """A user agent that answers what it gets."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.stack = SipStack(StackConfig(), lambda: f"k{next(_tokens)}")
        self.driver = SipDriver(self.stack, self._handle)

    def _handle(self, event: Event) -> None:
        now = asyncio.get_running_loop().time()
        if isinstance(event, RequestReceived):
            event.incoming.respond(200, now=now)
        elif isinstance(event, InviteReceived):
            event.session.accept(ANSWER, now=now)
        self.events.put_nowait(event)

    async def next(self) -> Event:
        async with asyncio.timeout(30):
            return await self.events.get()


async def open_pair(
    protocol: str, host: str = "127.0.0.1"
) -> tuple[Agent, Agent, Flow, Callable[[], None]]:
    opener: Callable[..., Awaitable[object]] = open_udp if protocol == "udp" else open_tcp
    alice, bob = Agent(), Agent()
    transports = [await opener(agent.driver, host, 0) for agent in (alice, bob)]
    ours, theirs = (t.local_address for t in transports)  # type: ignore[attr-defined]  # both have it

    def close() -> None:
        for agent, transport in zip((alice, bob), transports, strict=True):
            agent.driver.close()
            transport.close()  # type: ignore[attr-defined]  # both have it

    return alice, bob, Flow(protocol, theirs, ours), close


@pytest.mark.parametrize("protocol", ["udp", "tcp"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_options_and_a_call(protocol: str, host: str) -> None:
    async def main() -> None:
        alice, bob, flow, close = await open_pair(protocol, host)
        loop = asyncio.get_running_loop()
        try:
            what = NewRequest("OPTIONS", "sip:b@x", NameAddr("sip:a@x"))
            alice.stack.request(what, flow, now=loop.time())
            alice.driver.pump()
            answered = await alice.next()
            assert isinstance(answered, ResponseReceived)
            assert answered.response.status == 200
            alice.stack.invite(
                NewCall("sip:b@x", OFFER, NameAddr("sip:a@x")), flow, now=loop.time()
            )
            alice.driver.pump()
            assert isinstance(await alice.next(), SessionAnswered)
            assert isinstance(await bob.next(), RequestReceived)
            assert isinstance(await bob.next(), InviteReceived)
        finally:
            close()
            await asyncio.sleep(0)

    asyncio.run(main())


def test_tcp_ping_is_answered_and_garbage_closes_the_connection() -> None:
    async def main() -> None:
        _, _, flow, close = await open_pair("tcp")
        try:
            reader, writer = await asyncio.open_connection(*flow.remote)
            writer.write(b"\r\n\r\n")
            async with asyncio.timeout(30):
                assert await reader.read(10) == b"\r\n"
                writer.write(b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n")
                assert await reader.read(10) == b""
            writer.close()
        finally:
            close()
            await asyncio.sleep(0)

    asyncio.run(main())


def test_a_thousand_malformed_datagrams_leave_it_answering() -> None:
    async def main() -> None:
        alice, bob, flow, close = await open_pair("udp")
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_datagram_endpoint(
                asyncio.DatagramProtocol, remote_addr=flow.remote
            )
            for number in range(1000):
                transport.sendto(bytes((number * 7 + n * 31) % 256 for n in range(number % 200)))
                transport.sendto(
                    b"INVITE sip:x SIP/2.0\r\nVia: " + bytes([number % 256]) * 20 + b"\r\n\r\n"
                )
                if number % 50 == 0:
                    await asyncio.sleep(0)
            transport.close()
            alice.stack.request(
                NewRequest("OPTIONS", "sip:b@x", NameAddr("sip:a@x")), flow, now=loop.time()
            )
            alice.driver.pump()
            answered = await alice.next()
            assert isinstance(answered, ResponseReceived)
            assert bob.driver.faults == 0
        finally:
            close()
            await asyncio.sleep(0)

    asyncio.run(main())


def test_local_host() -> None:
    assert local_host_towards("127.0.0.1") == "127.0.0.1"
    assert local_host_towards("::1") == "::1"


def test_what_a_handler_fails_with_is_refused_and_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        alice, bob, flow, close = await open_pair("udp")
        loop = asyncio.get_running_loop()

        def fail(event: Event) -> None:
            raise ValueError("a defect of ours")

        bob.driver._on_event = fail
        try:
            what = NewRequest("OPTIONS", "sip:b@x", NameAddr("sip:a@x"))
            alice.stack.request(what, flow, now=loop.time())
            alice.driver.pump()
            answered = await alice.next()
            assert isinstance(answered, ResponseReceived)
            assert answered.response.status == 500
            call = NewCall("sip:b@x", OFFER, NameAddr("sip:a@x"))
            alice.stack.invite(call, flow, now=loop.time())
            alice.driver.pump()
            ended = await alice.next()
            assert isinstance(ended, SessionEnded)
            assert ended.status == 500
            assert bob.stack.sessions == {}
            assert bob.driver.faults == 3  # the end of the session failed as well
        finally:
            close()
            await asyncio.sleep(0)

    asyncio.run(main())
    assert "a defect of ours" in caplog.text
