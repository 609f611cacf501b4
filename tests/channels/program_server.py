"""A program that waits for calls: a real TCP server, spoken to by hand."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.media.feed_party import AUDIOSOCKET, FeedParty, Wire


class ProgramServer:
    """Where the program listens, and the calls that it took."""

    def __init__(self, listening: socket.socket, wire: Wire) -> None:
        self._listening = listening
        self._wire = wire
        self.calls: list[FeedParty] = []

    @property
    def port(self) -> int:
        port: int = self._listening.getsockname()[1]
        return port

    @property
    def service(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def take(self) -> FeedParty:
        """The next call."""
        async with asyncio.timeout(20):
            end, _ = await asyncio.get_running_loop().sock_accept(self._listening)
        self.calls.append(FeedParty(end, self._wire))
        return self.calls[-1]


@asynccontextmanager
async def program_server(wire: Wire = AUDIOSOCKET) -> AsyncIterator[ProgramServer]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)  # noqa: FBT003  # as the library has it
        server = ProgramServer(listening, wire)
        try:
            yield server
        finally:
            for call in server.calls:
                call.close()
