"""SIP over TCP (RFC 3261 §18, RFC 5626 §3.5.1 for keep-alives)."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from typing import Any

from switchroom.net.driver import SipDriver
from switchroom.net.trace import trace
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.flow import Address, Flow
from switchroom.sip.parser import StreamParser

logger = logging.getLogger(__name__)

MAX_CONNECTIONS = 4096
UNFINISHED_TIMEOUT = 30.0  #: seconds that a message may take from its first octet to its last
IDLE_TIMEOUT = 3600.0  #: seconds without an octet; phones refresh their registration before
CONNECT_TIMEOUT = 10.0  #: seconds
MAX_WAITING = 100  #: messages that wait for a connection to come up
MAX_UNSENT_BYTES = 1024 * 1024  #: a peer that reads nothing is cut off above


class TcpConnection(asyncio.Protocol):
    """One connection, incoming or outgoing."""

    def __init__(self, owner: TcpTransport) -> None:
        self._owner = owner
        self._parser = StreamParser()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._heard_at = self._written_at = self._loop.time()
        self._began_at: float | None = None
        self.flow: Flow | None = None

    def connection_made(self, transport: Any) -> None:
        """See :class:`asyncio.Protocol`."""
        self._transport = transport
        self.flow = self._owner.opened(self, transport)
        if self.flow is None:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        assert self.flow is not None
        self._heard_at = self._loop.time()
        trace("<--", data, self.flow)
        if data == b"\r\n\r\n" and not self._parser.waiting_bytes:
            self.write(b"\r\n")  # ping and pong (RFC 5626 §3.5.1)
            return
        try:
            messages = self._parser.feed(data)
        except RemoteSipError as error:
            logger.info("closing the connection from %s:%s: %s", *self.flow.remote, error)
            self.close()
            return
        waiting = self._parser.waiting_bytes > 0
        self._began_at = (self._began_at or self._heard_at) if waiting else None
        for message in messages:
            self._owner.driver.received_message(message, self.flow)

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._owner.closed(self)

    def write(self, data: bytes) -> None:
        """Send; a peer that does not read is cut off."""
        if self._transport is None or self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self._transport.abort()
            return
        self._written_at = self._loop.time()
        self._transport.write(data)

    def keep_alive(self, now: float, *, after: float) -> None:
        """Write a ping where nothing was written for long: a NAT forgets who is silent."""
        if now - self._written_at >= after:
            self.write(b"\r\n\r\n")  # RFC 5626 §3.5.1

    def is_overdue(self, now: float) -> bool:
        """Whether it is idle, or a message is unfinished, for too long."""
        if self._began_at is not None and now - self._began_at > UNFINISHED_TIMEOUT:
            return True
        return now - self._heard_at > IDLE_TIMEOUT

    def close(self) -> None:
        """Close after what was written."""
        if self._transport is not None:
            self._transport.close()


class TcpTransport:
    """A listening socket and all connections of its address. Make it with :func:`open_tcp`."""

    def __init__(self, driver: SipDriver) -> None:
        self.driver = driver
        self.local_address: Address = ("", 0)
        self.keep_alive = 0.0  #: seconds of silence after which a ping is sent; 0: never
        self._server: asyncio.Server | None = None
        self._connections: dict[int, TcpConnection] = {}
        self._numbers = itertools.count(1)
        self._waiting: dict[Address, deque[bytes]] = {}
        self._connecting: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.TimerHandle | None = None

    async def listen(self, host: str, port: int) -> None:
        """Bind and accept connections.

        Raises:
            OSError: The address is not ours or is taken.
        """
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: TcpConnection(self), host, port)
        self.local_address = self._server.sockets[0].getsockname()[:2]
        self.driver.add_transport("tcp", *self.local_address, self)
        self._sweep()

    def opened(self, connection: TcpConnection, transport: asyncio.Transport) -> Flow | None:
        """A connection came up; None when there are too many."""
        if len(self._connections) >= MAX_CONNECTIONS:
            logger.warning("more than %s TCP connections: refusing one", MAX_CONNECTIONS)
            return None
        number = next(self._numbers)
        self._connections[number] = connection
        host, port = transport.get_extra_info("peername")[:2]
        own = transport.get_extra_info("sockname")[0]
        local = (own, self.local_address[1])
        self.driver.add_transport("tcp", *local, self)
        return Flow("tcp", (host, port), local, number)

    def closed(self, connection: TcpConnection) -> None:
        """A connection went down."""
        if connection.flow is not None:
            self._connections.pop(connection.flow.connection, None)

    def send(self, data: bytes, flow: Flow) -> None:
        """Use the flow's connection, or another one to the same remote, or make one."""
        connection = self._connections.get(flow.connection) or self._connection_to(flow.remote)
        if connection is not None:
            connection.write(data)
            return
        waiting = self._waiting.setdefault(flow.remote, deque(maxlen=MAX_WAITING))
        waiting.append(data)
        if len(waiting) == 1:
            self._connect(flow)

    def _connection_to(self, remote: Address) -> TcpConnection | None:
        for connection in self._connections.values():
            if connection.flow is not None and connection.flow.remote == remote:
                return connection
        return None

    def _connect(self, flow: Flow) -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._open(flow), name=f"sip tcp to {flow.remote}")
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _open(self, flow: Flow) -> None:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                _, connection = await loop.create_connection(
                    lambda: TcpConnection(self), *flow.remote
                )
        except (OSError, TimeoutError) as error:
            logger.info("cannot connect to %s:%s: %s", *flow.remote, error)
            self._waiting.pop(flow.remote, None)
            self.driver.unreachable(flow)
            return
        for data in self._waiting.pop(flow.remote, ()):
            connection.write(data)

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        for connection in list(self._connections.values()):
            if connection.is_overdue(loop.time()):
                connection.close()
            elif self.keep_alive:
                connection.keep_alive(loop.time(), after=self.keep_alive)
        self._sweeper = loop.call_later(UNFINISHED_TIMEOUT / 2, self._sweep)

    def close(self) -> None:
        """Close the listening socket and every connection."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for task in self._connecting:
            task.cancel()
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections.values()):
            connection.close()


async def open_tcp(driver: SipDriver, host: str, port: int) -> TcpTransport:
    """Listen for connections and feed the driver from them.

    Raises:
        OSError: The address is not ours or is taken.
    """
    transport = TcpTransport(driver)
    await transport.listen(host, port)
    return transport
