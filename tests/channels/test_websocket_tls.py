"""WebSockets behind TLS, both ways: much goes through, whole and in order, and the end too."""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Request

from switchroom.channels.external.reaching_programs import let_come, reach_program
from switchroom.channels.external.upgrade import UpgradeError
from switchroom.config.websocket import WebSocketClient
from switchroom.net.credentials import TlsSettings
from switchroom.net.http import HttpServer
from tests.support.certificates import Authority

MUCH = random.Random(5).randbytes(700_000)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    core = WSConnection(ConnectionType.SERVER)
    core.receive_data(await reader.readuntil(b"\r\n\r\n"))
    assert isinstance(next(core.events()), Request)
    writer.write(core.send(AcceptConnection(subprotocol="media")))
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def echo_server(certificate: Path) -> AsyncIterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def there_and_back(end: socket.socket) -> None:
    """All of it, through what is at the other end and returns it."""
    loop, back = asyncio.get_running_loop(), b""
    async with asyncio.timeout(30):
        sending = loop.create_task(loop.sock_sendall(end, MUCH))
        while len(back) < len(MUCH):
            back += await loop.sock_recv(end, 65536)
        await sending
    assert back == MUCH


def test_we_come_to_a_program(authority: Authority) -> None:
    async def main() -> None:
        async with echo_server(authority.issue("127.0.0.1")) as uri:
            client = WebSocketClient("x", uri, timeout=10, authorities=authority.file)
            descriptor, received = await reach_program(client)
            with socket.socket(fileno=descriptor) as end:
                end.setblocking(False)  # noqa: FBT003  # as the library has it
                assert received == b""
                await there_and_back(end)

    asyncio.run(main())


def test_a_program_that_cannot_prove_its_name(authority: Authority) -> None:
    async def main() -> None:
        async with echo_server(authority.issue("elsewhere.example")) as uri:
            strict = WebSocketClient("x", uri, timeout=10, attempts=0, authorities=authority.file)
            with pytest.raises(UpgradeError, match="certificate"):
                await reach_program(strict)
            lax = WebSocketClient("x", uri, timeout=10, verifies_server=False)
            descriptor, _ = await reach_program(lax)
            socket.socket(fileno=descriptor).close()

    asyncio.run(main())


class Echoing:
    """A call whose program gets back what it sends."""

    def __init__(self) -> None:
        self.came: asyncio.Future[tuple[int, bytes]] = asyncio.get_running_loop().create_future()

    def arrive(self, descriptor: int, received: bytes) -> None:
        self.came.set_result((descriptor, received))

    async def run(self) -> None:
        descriptor, received = await self.came
        loop = asyncio.get_running_loop()
        with socket.socket(fileno=descriptor) as end:
            end.setblocking(False)  # noqa: FBT003  # as the library has it
            await loop.sock_sendall(end, received)
            while data := await loop.sock_recv(end, 65536):
                await loop.sock_sendall(end, data)


def test_a_program_comes_to_us(authority: Authority) -> None:
    async def main() -> bytes:
        call = Echoing()
        server = HttpServer()
        server.takers["/media/"] = lambda: let_come({"id": call})
        settings = TlsSettings(certificate=authority.issue("localhost"))
        listener = await server.listen("127.0.0.1", 0, settings)
        context = ssl.create_default_context(cafile=str(authority.file))
        reader, writer = await asyncio.open_connection(
            *listener.address, ssl=context, server_hostname="localhost"
        )
        echoing = asyncio.get_running_loop().create_task(call.run())
        core = WSConnection(ConnectionType.CLIENT)
        request = Request(host="localhost", target="/media/id", subprotocols=["media"])
        async with asyncio.timeout(30):
            writer.write(core.send(request) + MUCH[:1000])
            core.receive_data(await reader.readuntil(b"\r\n\r\n"))
            assert isinstance(next(core.events()), AcceptConnection)
            writer.write(MUCH[1000:])
            back = await reader.readexactly(len(MUCH))
            writer.close()
            await echoing  # it has seen the end
        await server.close()
        return back

    assert asyncio.run(main()) == MUCH
