"""SIP over WebSockets on real loopback sockets; the browser is made of octets."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from switchroom.net import ws
from switchroom.net.credentials import TlsSettings, make_contexts
from switchroom.net.http import HttpServer
from switchroom.net.tcp import TcpTransport
from switchroom.net.ws import open_ws
from switchroom.sip.client import NewRequest
from switchroom.sip.events import InviteReceived, RequestReceived, RequestTimedOut, ResponseReceived
from switchroom.sip.headers.name_addr import NameAddr
from tests.net.test_sip_sockets import Agent
from tests.net.test_tls import all_closed
from tests.sip.peers import OFFER
from tests.sip.test_websocket import frame, request
from tests.support.certificates import Authority


class Browser:
    """One open WebSocket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def send(self, text: str) -> None:
        self.writer.write(frame(text.replace("\n", "\r\n").encode()))

    async def next(self) -> tuple[int, bytes]:
        """Opcode and payload of the next frame."""
        async with asyncio.timeout(30):
            first, length = await self._reader.readexactly(2)
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2), "big")
            return first & 15, await self._reader.readexactly(length)

    async def at_end(self) -> bool:
        async with asyncio.timeout(30):
            return await self._reader.read(1) == b""


@asynccontextmanager
async def listening(
    tls: TlsSettings | None = None, host: str = "127.0.0.1"
) -> AsyncIterator[tuple[Agent, TcpTransport]]:
    agent = Agent()
    http = HttpServer()
    transport = await open_ws(agent.driver, http, (host, 0), "/ws", tls)
    try:
        yield agent, transport
    finally:
        agent.driver.close()
        transport.close()
        await http.close()
        await all_closed(transport)


@asynccontextmanager
async def browser(
    transport: TcpTransport, context: ssl.SSLContext | None = None
) -> AsyncIterator[Browser]:
    reader, writer = await asyncio.open_connection(*transport.local_address, ssl=context)
    writer.write(request())
    async with asyncio.timeout(30):
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    try:
        yield Browser(reader, writer)
    finally:
        writer.transport.abort()


OPTIONS = """\
OPTIONS sip:pbx.example SIP/2.0
Via: SIP/2.0/{via} df7jal23ls0d.invalid;branch=z9hG4bKw{number}
Max-Forwards: 70
From: <sip:alice@pbx.example>;tag=a{number}
To: <sip:pbx.example>
Call-ID: c{number}
CSeq: 1 OPTIONS

"""
INVITE = """\
INVITE sip:600@pbx.example SIP/2.0
Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKi1
Max-Forwards: 70
From: <sip:alice@pbx.example>;tag=a
To: <sip:600@pbx.example>
Call-ID: i1
CSeq: 1 INVITE
Contact: <sip:alice@df7jal23ls0d.invalid;transport=ws>
Content-Type: application/sdp

"""


@pytest.mark.parametrize(("host", "via"), [("127.0.0.1", "WS"), ("::1", "WS"), ("::1", "WSS")])
def test_requests_both_ways(host: str, via: str, authority: Authority) -> None:
    tls = TlsSettings(authority.issue(host)) if via == "WSS" else None
    context = make_contexts(TlsSettings()).client if tls is not None else None

    async def main() -> None:
        async with listening(tls, host) as (agent, transport), browser(transport, context) as b:
            b.send(OPTIONS.format(number=1, via=via))
            opcode, answer = await b.next()
            assert opcode == 1
            assert answer.startswith(b"SIP/2.0 200 ")
            asked = await agent.next()
            assert isinstance(asked, RequestReceived)
            flow = asked.incoming.flow
            assert flow.protocol == via.lower()

            what = NewRequest("OPTIONS", "sip:alice@df7jal23ls0d.invalid", NameAddr("sip:b@x"))
            agent.stack.request(what, flow, now=asyncio.get_running_loop().time())
            agent.driver.pump()
            _, ours = await b.next()
            assert ours.startswith(b"OPTIONS sip:alice@df7jal23ls0d.invalid SIP/2.0\r\n")
            lines = ours.decode().split("\r\n")
            assert f"SIP/2.0/{via} " in lines[1]
            copied = [
                line for line in lines if line.startswith(("Via", "From", "To", "Call", "CS"))
            ]
            b.send("\n".join(["SIP/2.0 200 OK", *copied, "", ""]))
            assert isinstance(await agent.next(), ResponseReceived)

    asyncio.run(main())


@pytest.fixture
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_our_contact_names_the_one_word_that_there_is(authority: Authority) -> None:
    async def main() -> None:
        tls = TlsSettings(authority.issue("127.0.0.1"))
        context = make_contexts(TlsSettings()).client
        async with listening(tls) as (agent, transport), browser(transport, context) as b:
            b.send(INVITE + OFFER.replace("\r\n", "\n"))
            invited = await agent.next()
            assert isinstance(invited, InviteReceived)
            _, answer = await b.next()
            port = transport.local_address[1]
            assert f"Contact: <sip:127.0.0.1:{port};transport=ws>\r\n".encode() in answer

    asyncio.run(main())


def test_who_has_gone_cannot_be_called() -> None:
    async def main() -> None:
        async with listening() as (agent, transport):
            async with browser(transport) as b:
                b.send(OPTIONS.format(number=1, via="WS"))
                asked = await agent.next()
                assert isinstance(asked, RequestReceived)
            await b.writer.wait_closed()
            while transport.connections:  # the end comes over a real socket
                await asyncio.sleep(0.01)
            what = NewRequest("OPTIONS", "sip:alice@x.invalid", NameAddr("sip:b@x"))
            flow = asked.incoming.flow
            agent.stack.request(what, flow, now=asyncio.get_running_loop().time())
            agent.driver.pump()
            assert isinstance(await agent.next(), RequestTimedOut)

    asyncio.run(main())


def test_rubbish_harms_nobody() -> None:
    async def main() -> None:
        async with listening() as (agent, transport), browser(transport) as b:
            b.send("this is no SIP")
            b.send(OPTIONS.format(number=2, via="WS"))
            _, answer = await b.next()
            assert b"Call-ID: c2\r\n" in answer
            b.writer.write(b"\xff" * 100)
            assert (await b.next())[0] == 8
            assert await b.at_end()
            assert agent.driver.faults == 0

    asyncio.run(main())


def test_the_silent_are_pinged_and_then_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        async with listening() as (_, transport), browser(transport) as b:
            connection = transport.connections[0]
            now = asyncio.get_running_loop().time()
            connection.keep_alive(now, after=ws.PING_AFTER)
            assert not connection.is_overdue(now + ws.HANDSHAKE_TIMEOUT + 1)
            connection.keep_alive(now + ws.PING_AFTER + 1, after=ws.PING_AFTER)
            assert await b.next() == (9, b"")
            assert connection.is_overdue(now + ws.SILENCE_TIMEOUT + 1)
            transport.close()
            assert await b.next() == (8, b"\x03\xe9")
            assert await b.at_end()

    asyncio.run(main())


def test_who_never_asks_is_overdue_soon() -> None:
    async def main() -> None:
        async with listening() as (_, transport):
            _, writer = await asyncio.open_connection(*transport.local_address)
            writer.write(b"GET /ws HTTP/1.1\r\n")
            while not transport.connections:  # it comes over a real socket
                await asyncio.sleep(0.01)
            now = asyncio.get_running_loop().time()
            assert transport.connections[0].is_overdue(now + ws.HANDSHAKE_TIMEOUT + 1)
            writer.close()

    asyncio.run(main())
