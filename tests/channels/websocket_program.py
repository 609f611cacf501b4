"""Programs on WebSockets, whose handshakes are wsproto's and whose frames are made by hand."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Sequence

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, RejectConnection, Request

from tests.media.feed_party import CLOSE, TEXT, WEBSOCKET, WEBSOCKET_CLIENT, FeedParty, Wire


class Program(FeedParty):
    """One that is through to us."""

    def __init__(self, end: socket.socket, wire: Wire, target: str) -> None:
        super().__init__(end, wire)
        self.target = target  #: what was asked for

    @property
    def events(self) -> list[str]:
        return [data.decode() for kind, data in self.frames if kind == TEXT]

    def named(self, name: str) -> list[str]:
        return [event for event in self.events if event.split(" ")[0] == name]

    async def event(self, name: str, count: int = 1) -> str:
        """The ``count``-th event of a name, without it."""
        await self.until(lambda: len(self.named(name)) >= count)
        return self.named(name)[count - 1].partition(" ")[2]

    async def json_event(self, name: str) -> dict[str, object]:
        def found() -> list[dict[str, object]]:
            return [each for each in map(json.loads, self.events) if each["event"] == name]

        await self.until(lambda: bool(found()))
        return found()[0]

    async def ask(self, command: str) -> None:
        await self.send(TEXT, command.encode())

    @property
    def was_told_goodbye(self) -> bool:
        return any(kind == CLOSE for kind, _ in self.frames)


async def read_head(end: socket.socket) -> bytes:
    loop, head = asyncio.get_running_loop(), b""
    while not head.endswith(b"\r\n\r\n"):
        octet = await loop.sock_recv(end, 1)
        if not octet:
            break
        head += octet
    return head


async def come(
    port: int, path: str, *, protocols: Sequence[str] = ("media",), first: bytes = b""
) -> Program | int:
    """Connect to a node; the status where it does not let us in.

    Args:
        port: Where it listens.
        path: What is asked for.
        protocols: That are offered.
        first: Sent at once behind the request.
    """
    loop = asyncio.get_running_loop()
    end = socket.socket()
    end.setblocking(False)  # noqa: FBT003  # as the library has it
    await loop.sock_connect(end, ("127.0.0.1", port))
    core = WSConnection(ConnectionType.CLIENT)
    request = Request(host="localhost", target=path, subprotocols=list(protocols))
    await loop.sock_sendall(end, core.send(request) + first)
    core.receive_data(await read_head(end))
    answer = next(core.events())
    if isinstance(answer, RejectConnection):
        end.close()
        return answer.status_code
    assert isinstance(answer, AcceptConnection)
    assert answer.subprotocol == (protocols[0] if protocols else None)
    return Program(end, WEBSOCKET, path)


async def come_in(port: int, path: str, **how: bytes) -> Program:
    """Connect, and be let in."""
    program = await come(port, path, first=how.get("first", b""))
    assert isinstance(program, Program), f"refused with {program}"
    return program


async def let_in(listening: socket.socket, *, greeting: bytes = b"") -> Program:
    """Take the next connection of a node, and let it in."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(20):
        end, _ = await loop.sock_accept(listening)
        core = WSConnection(ConnectionType.SERVER)
        core.receive_data(await read_head(end))
        request = next(core.events())
        assert isinstance(request, Request)
        chosen = next(iter(request.subprotocols), None)
        reply = core.send(AcceptConnection(subprotocol=chosen))
        await loop.sock_sendall(end, reply + greeting)
    return Program(end, WEBSOCKET_CLIENT, request.target)
