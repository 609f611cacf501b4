"""Who connects and then takes his time, and who connects as often as he can."""

import asyncio
import contextlib
import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from switchroom.net import http, tcp, ws
from switchroom.net.driver import SipDriver
from switchroom.net.http import HttpServer
from switchroom.net.tcp import TcpTransport, open_tcp
from switchroom.net.ws import open_ws
from switchroom.ops import descriptors
from switchroom.sip.stack import SipStack
from switchroom.sip.stack_config import StackConfig

ACK = (
    b"ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n"
    b"To: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"
)


@asynccontextmanager
async def listening() -> AsyncIterator[TcpTransport]:
    driver = SipDriver(SipStack(StackConfig(), lambda: "t"), lambda _: None)
    transport = await open_tcp(driver, "127.0.0.1", 0)
    try:
        yield transport
    finally:
        transport.close()
        driver.close()
        await asyncio.sleep(0)


async def until_connected(transport: TcpTransport, count: int = 1) -> None:
    async with asyncio.timeout(20):
        while len(transport.connections) != count:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("data", "is_overdue"),
    [(b"", True), (b"\r\n\r\n", True), (ACK[:-2], True), (ACK, False)],
    ids=["nothing", "keep-alives", "half", "whole"],
)
def test_who_never_says_anything_whole_is_not_kept(data: bytes, *, is_overdue: bool) -> None:
    async def main() -> None:
        async with listening() as transport:
            _, writer = await asyncio.open_connection(*transport.local_address)
            await until_connected(transport)
            (connection,) = transport.connections
            if data:
                writer.write(data)
                async with asyncio.timeout(20):
                    while not connection.was_heard:
                        await asyncio.sleep(0.01)
            now = asyncio.get_running_loop().time()
            assert not connection.is_overdue(now + tcp.FIRST_MESSAGE_TIMEOUT - 21)
            assert connection.is_overdue(now + tcp.FIRST_MESSAGE_TIMEOUT + 1) == is_overdue
            writer.close()

    asyncio.run(main())


def test_a_stream_that_is_never_between_two_messages_is_none_that_hangs() -> None:
    async def main() -> None:
        async with listening() as transport:
            _, writer = await asyncio.open_connection(*transport.local_address)
            await until_connected(transport)
            (connection,) = transport.connections
            connection.data_received(ACK[:9])
            began = asyncio.get_running_loop().time()
            await asyncio.sleep(0.01)
            connection.data_received(ACK[9:] + ACK[:9])
            assert connection.is_overdue(began + tcp.UNFINISHED_TIMEOUT + 20)
            assert not connection.is_overdue(began + tcp.UNFINISHED_TIMEOUT)
            writer.close()

    asyncio.run(main())


def test_nobody_takes_all_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tcp, "MAX_FROM_ONE_SITE", 2)

    async def main() -> None:
        async with listening() as transport:
            pairs = [await asyncio.open_connection(*transport.local_address) for _ in range(2)]
            await until_connected(transport, 2)
            reader, writer = await asyncio.open_connection(*transport.local_address)
            async with asyncio.timeout(20):
                with contextlib.suppress(ConnectionError):
                    assert await reader.read() == b""
            writer.close()
            pairs[0][1].close()
            await until_connected(transport, 1)
            again = await asyncio.open_connection(*transport.local_address)
            await until_connected(transport, 2)
            transport.driver.trusts = lambda host, _: host == "127.0.0.1"
            pairs.append(await asyncio.open_connection(*transport.local_address))
            await until_connected(transport, 3)
            for _, each in (*pairs[1:], again):
                each.close()

    asyncio.run(main())


def test_who_is_banned_cannot_connect() -> None:
    async def main() -> None:
        async with listening() as transport:
            transport.driver.blocks = lambda host, _: host == "127.0.0.1"
            reader, writer = await asyncio.open_connection(*transport.local_address)
            async with asyncio.timeout(20):
                with contextlib.suppress(ConnectionError):
                    assert await reader.read() == b""
            assert transport.connections == []
            writer.close()

    asyncio.run(main())


def test_a_handshake_of_single_octets_does_not_last_longer_for_them() -> None:
    async def main() -> None:
        driver = SipDriver(SipStack(StackConfig(), lambda: "t"), lambda _: None)
        server = HttpServer()
        transport = await open_ws(driver, server, ("127.0.0.1", 0), "/ws")
        _, writer = await asyncio.open_connection(*transport.local_address)
        writer.write(b"GET /ws HTTP/1.1\r\n")
        await until_connected(transport)
        began = asyncio.get_running_loop().time()
        (connection,) = transport.connections
        await asyncio.sleep(0.01)
        connection.data_received(b"X")
        assert connection.is_overdue(began + ws.HANDSHAKE_TIMEOUT + 0.001)
        writer.close()
        transport.close()
        await server.close()
        driver.close()
        await asyncio.sleep(0)

    asyncio.run(main())


@pytest.mark.parametrize("earlier", [0, 1])
def test_headers_that_never_end_do_not_hold_a_connection(
    monkeypatch: pytest.MonkeyPatch, earlier: int
) -> None:
    monkeypatch.setattr(http, "HEAD_TIMEOUT", 0.05)

    async def main() -> None:
        server = HttpServer()
        listener = await server.listen("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*listener.address)
        async with asyncio.timeout(10):
            for _ in range(earlier):
                writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                assert await reader.readuntil(b"</html>\n")
            writer.write(b"GET / HTTP/1.1\r\nX")
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
        writer.close()
        await server.close()

    asyncio.run(main())


def test_http_takes_so_many_connections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_CONNECTIONS", 1)

    async def main() -> None:
        server = HttpServer()
        listener = await server.listen("127.0.0.1", 0)
        _, first = await asyncio.open_connection(*listener.address)
        async with asyncio.timeout(20):
            while not server.undecided:
                await asyncio.sleep(0.01)
            assert server.is_full
            reader, second = await asyncio.open_connection(*listener.address)
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            second.close()
            first.close()
            while server.undecided:
                await asyncio.sleep(0.01)
        assert not server.is_full
        await server.close()

    asyncio.run(main())


def test_as_many_descriptors_as_the_system_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {resource.RLIMIT_NOFILE: (1024, 5000)}
    monkeypatch.setattr(resource, "getrlimit", limits.__getitem__)
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    assert descriptors.raise_limit() == 5000
    assert limits == {resource.RLIMIT_NOFILE: (5000, 5000)}

    def refuse(_: int, __: tuple[int, int]) -> None:
        raise ValueError("not allowed")

    limits[resource.RLIMIT_NOFILE] = (1024, 5000)
    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert descriptors.raise_limit() == 1024


@pytest.mark.parametrize("hard", [resource.RLIM_INFINITY, 1 << 30])
def test_no_more_descriptors_than_anybody_needs(monkeypatch: pytest.MonkeyPatch, hard: int) -> None:
    limits = {resource.RLIMIT_NOFILE: (1024, hard)}
    monkeypatch.setattr(resource, "getrlimit", limits.__getitem__)
    monkeypatch.setattr(resource, "setrlimit", limits.__setitem__)
    assert descriptors.raise_limit() == descriptors.MOST
    assert limits == {resource.RLIMIT_NOFILE: (descriptors.MOST, hard)}
    limits[resource.RLIMIT_NOFILE] = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    assert descriptors.raise_limit() == resource.RLIM_INFINITY
