"""One HTTP server for all: applications by path, and protocols that take the whole connection."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from switchroom.net.credentials import TlsSettings
from switchroom.net.http import MAX_REQUEST_LINE, Application, HttpServer
from tests.support.certificates import Authority


def saying(text: str) -> Application:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        body = f"{text} {scope['method']} {scope['path']}".encode()
        headers = [(b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


class Taker(asyncio.Protocol):
    """Answers what it gets, from the first octet on."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(b"taken: " + data)
        self._transport.close()


@asynccontextmanager
async def serving(tls: TlsSettings | None = None) -> AsyncIterator[tuple[HttpServer, Any]]:
    server = HttpServer()
    server.server_name = "Asterisk/22"
    server.mount("/ari", saying("ari"))
    server.mount("/ari/deep", saying("deep"))
    listener = await server.listen("127.0.0.1", 0, tls)
    listener.takers["/ws"] = Taker
    try:
        yield server, listener
    finally:
        await server.close()


async def ask(where: tuple[str, int], data: bytes, **options: Any) -> bytes:
    reader, writer = await asyncio.open_connection(*where, **options)
    try:
        writer.write(data)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/ari/channels?x=1", b"ari GET /ari/channels"),
        ("/ari", b"ari GET /ari"),
        ("/ari/deep/er", b"deep GET /ari/deep/er"),
        ("/ariadne", b"Not Found"),
        ("/", b"Not Found"),
    ],
)
def test_the_longest_path_serves(path: str, says: bytes) -> None:
    async def main() -> None:
        async with serving() as (_, listener):
            answer = await ask(listener.address, get(path))
            assert says in answer
            assert b"server: asterisk/22\r\n" in answer.lower()

    asyncio.run(main())


def test_a_taker_gets_the_connection_from_its_first_octet_on() -> None:
    async def main() -> None:
        async with serving() as (_, listener):
            assert await ask(listener.address, get("/ws?a=b")) == b"taken: " + get("/ws?a=b")
            assert b"404" in await ask(listener.address, get("/ws/x"))

    asyncio.run(main())


def test_over_tls_and_one_octet_at_a_time(tmp_path: Any) -> None:
    tls = TlsSettings(Authority(tmp_path).issue("127.0.0.1"))
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    async def main() -> None:
        async with serving(tls) as (_, listener):
            reader, writer = await asyncio.open_connection(*listener.address, ssl=context)
            for octet in get("/ari"):
                writer.write(bytes([octet]))
                await asyncio.sleep(0)
            assert b"ari GET /ari" in await reader.read()
            writer.close()

    asyncio.run(main())


def test_one_address_is_listened_on_once_and_freed_at_the_end() -> None:
    async def main() -> None:
        async with serving() as (server, listener):
            assert await server.listen(*listener.address) is listener
            other = HttpServer()
            with pytest.raises(OSError, match="in use"):
                await other.listen(*listener.address)
            where = listener.address
        again = HttpServer()
        await again.listen(*where)
        await again.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    "data", [b"x" * (MAX_REQUEST_LINE + 1), b"\x16\x03\x01\n", b"\n\n\n", b"GET\n\n"]
)
def test_garbage_harms_its_own_connection_only(data: bytes) -> None:
    async def main() -> None:
        async with serving() as (_, listener):
            try:
                answer = await ask(listener.address, data)
            except ConnectionError:
                answer = b""
            assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
            assert b"ari GET" in await ask(listener.address, get("/ari"))

    asyncio.run(main())


def test_who_is_banned_is_not_let_in() -> None:
    async def main() -> None:
        async with serving() as (server, listener):
            asked: list[str] = []

            def blocks(host: str, _: float) -> bool:
                asked.append(host)
                return True

            server.blocks = blocks
            with contextlib.suppress(ConnectionError):
                assert await ask(listener.address, get("/ari")) == b""
            assert asked == ["127.0.0.1"]

    asyncio.run(main())


def test_who_may_not_come_is_not_let_in() -> None:
    async def main() -> None:
        async with serving() as (server, listener):
            server.admits = lambda host: host != "127.0.0.1"
            with contextlib.suppress(ConnectionError):
                assert await ask(listener.address, get("/ari")) == b""
            server.admits = lambda host: host == "127.0.0.1"
            assert b"ari GET" in await ask(listener.address, get("/ari"))

    asyncio.run(main())
