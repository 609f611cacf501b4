"""SIP over TCP (RFC 3261 §18, RFC 5626 §3.5.1 for keep-alives)."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
from collections import Counter, deque
from typing import Any

from switchroom.base.sites import site_of
from switchroom.net.driver import SipDriver
from switchroom.net.listening import listening_socket
from switchroom.net.local_address import WILDCARDS, local_host_towards
from switchroom.net.marking import Marking
from switchroom.net.trace import trace
from switchroom.sip.flow import Address, Flow
from switchroom.sip.parser import StreamParser

logger = logging.getLogger(__name__)

MAX_CONNECTIONS = 4096
MAX_FROM_ONE_SITE = 256  #: connections of strangers, so that nobody takes up all from one place
BACKLOG = 1024  #: connections that the system keeps until we accept them
UNFINISHED_TIMEOUT = 30.0  #: seconds that a message may take from its first octet to its last
FIRST_MESSAGE_TIMEOUT = 30.0  #: seconds from a connection to us to its first whole message
IDLE_TIMEOUT = 3600.0  #: seconds without an octet; phones refresh their registration before
CONNECT_TIMEOUT = 10.0  #: seconds
LAST_ANSWERS = (
    1.0  #: seconds for the answers to what came before a stream could not be read any more
)
MAX_WAITING = 100  #: messages that wait for a connection to come up
MAX_UNSENT_BYTES = 1024 * 1024  #: a peer that reads nothing is cut off above


class TcpConnection(asyncio.Protocol):
    """One connection, incoming or outgoing.

    Args:
        owner: Its transport.
        wanted: Why it was made; None: somebody made it to us.
    """

    def __init__(self, owner: TcpTransport, wanted: Flow | None = None) -> None:
        self._owner = owner
        self.wanted = wanted
        self.was_heard = False
        self._parser = StreamParser()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._heard_at = self._written_at = self._loop.time()
        self._began_at: float | None = None
        #: When somebody made it to us, until he has said something.
        self._silent_since = self._loop.time() if wanted is None else None
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
        self.was_heard = True
        trace("<--", data, self.flow)
        if data == b"\r\n\r\n" and not self._parser.waiting_bytes:
            self.write(b"\r\n")  # ping and pong (RFC 5626 §3.5.1)
            return
        messages = self._parser.feed(data)
        if messages:
            self._silent_since = self._began_at = None
        waiting = self._parser.waiting_bytes > 0
        self._began_at = (self._began_at or self._heard_at) if waiting else None
        for message in messages:
            self._owner.driver.received_message(message, self.flow)
        if self._parser.is_broken:
            logger.info("closing the connection from %s:%s: not SIP", *self.flow.remote)
            self._hear_no_more()

    def _hear_no_more(self) -> None:
        """Close once what was read before can be answered."""
        assert self._transport is not None
        self._transport.pause_reading()
        self._loop.call_later(LAST_ANSWERS, self.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._owner.closed(self, exc)

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
        if self._silent_since is not None and now - self._silent_since > FIRST_MESSAGE_TIMEOUT:
            return True
        if self._began_at is not None and now - self._began_at > UNFINISHED_TIMEOUT:
            return True
        return now - self._heard_at > IDLE_TIMEOUT

    def close(self) -> None:
        """Close after what was written."""
        if self._transport is not None:
            self._transport.close()


class TcpTransport:
    """A listening socket and all connections of its address. Make it with :func:`open_tcp`."""

    protocol = "tcp"  #: as flows name it

    def __init__(self, driver: SipDriver) -> None:
        self.driver = driver
        self.local_address: Address = ("", 0)
        self.is_closed = False
        self.keep_alive = 0.0  #: seconds of silence after which a ping is sent; 0: never
        self._server: asyncio.Server | None = None
        self._connections: dict[int, TcpConnection] = {}
        self._of_sites: Counter[str] = Counter()  # connections that are up
        self._numbers = itertools.count(1)
        self._waiting: dict[tuple[Address, str], deque[bytes]] = {}
        self._connecting: set[asyncio.Task[None]] = set()
        self._sweeper: asyncio.TimerHandle | None = None

    async def listen(self, host: str, port: int) -> None:
        """Bind and accept connections.

        Raises:
            OSError: The address is not ours or is taken.
        """
        bound = listening_socket(host, port, backlog=BACKLOG)
        self.local_address = bound.getsockname()[:2]
        await self.serve(bound)
        self.driver.add_transport(self.protocol, *self.local_address, self)
        self._sweep()

    @property
    def connections(self) -> list[TcpConnection]:
        """Those that are up."""
        return list(self._connections.values())

    async def serve(self, bound: socket.socket) -> None:
        """Accept connections from now on; the socket is closed by :meth:`close`."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.new_connection, sock=bound, backlog=BACKLOG)

    def mark(self, marking: Marking) -> None:
        """Have packets treated as a configuration wants it."""
        for bound in self._server.sockets if self._server is not None else ():
            marking.apply(bound)

    def new_connection(self, wanted: Flow | None = None) -> TcpConnection:
        """What serves one connection."""
        return TcpConnection(self, wanted)

    async def connect(self, flow: Flow) -> TcpConnection:
        """Make a connection to the remote of a flow.

        Raises:
            OSError: Nobody there, or nobody that we want to talk to.
        """
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(
            lambda: self.new_connection(flow), *flow.remote
        )
        return connection

    def explain(self, error: Exception | None) -> str:
        """Why there is no connection, for who must mend it."""
        return str(error or "") or "no answer"

    def flow_to(self, remote: Address) -> Flow:
        """A flow to ``remote``; the connection is made when something is sent."""
        host, port = self.local_address
        if host in WILDCARDS:
            host = local_host_towards(remote[0])
            self.driver.add_transport(self.protocol, host, port, self)
        return Flow(self.protocol, remote, (host, port))

    def opened(self, connection: TcpConnection, transport: asyncio.Transport) -> Flow | None:
        """A connection came up; None for one that is refused."""
        peer = transport.get_extra_info("peername")
        if peer is None:  # it has gone again
            return None
        host, port = peer[:2]
        site = site_of(host)
        if connection.wanted is None and not self._has_room(host, site):
            return None
        self._of_sites[site] += 1
        number = next(self._numbers)
        self._connections[number] = connection
        own = transport.get_extra_info("sockname")[0]
        name = connection.wanted.name if connection.wanted is not None else ""
        local = (own, self.local_address[1])
        self.driver.add_transport(self.protocol, *local, self)
        return Flow(self.protocol, (host, port), local, number, name)

    def _has_room(self, host: str, site: str) -> bool:
        """Whether somebody may connect."""
        now = asyncio.get_running_loop().time()
        if self.driver.blocks(host, now):
            return False  # banned
        protocol = self.protocol.upper()
        if len(self._connections) >= MAX_CONNECTIONS:
            logger.warning("more than %s %s connections: refusing one", MAX_CONNECTIONS, protocol)
            return False
        if self._of_sites[site] >= MAX_FROM_ONE_SITE and not self.driver.trusts(host, now):
            logger.warning(
                "more than %s %s connections from %s: refusing one",
                MAX_FROM_ONE_SITE, protocol, site,
            )  # fmt: skip
            return False
        return True

    def closed(self, connection: TcpConnection, error: Exception | None) -> None:
        """A connection went down; one that never said anything was none."""
        if connection.flow is not None:
            self._connections.pop(connection.flow.connection, None)
            site = site_of(connection.flow.remote[0])
            self._of_sites[site] -= 1
            if self._of_sites[site] <= 0:
                del self._of_sites[site]
        if connection.wanted is not None and not connection.was_heard:
            self._failed(connection.wanted, error)

    def _failed(self, flow: Flow, error: Exception | None) -> None:
        if self.is_closed:
            return
        why = self.explain(error)
        logger.warning("no %s connection to %s:%s: %s", self.protocol, *flow.remote, why)
        self.driver.unreachable(flow)

    def send(self, data: bytes, flow: Flow) -> None:
        """Use the flow's connection, or another one to the same remote, or make one."""
        connection = self._connections.get(flow.connection) or self._connection_to(flow)
        if connection is not None:
            connection.write(data)
            return
        whom = (flow.remote, flow.name)
        waiting = self._waiting.setdefault(whom, deque(maxlen=MAX_WAITING))
        waiting.append(data)
        if len(waiting) == 1:
            self._connect(flow)

    def _connection_to(self, flow: Flow) -> TcpConnection | None:
        """One that is there already: to the same place, and made to the same name."""
        for connection in self._connections.values():
            known = connection.flow
            if known is not None and (known.remote, known.name) == (flow.remote, flow.name):
                return connection
        return None

    def _connect(self, flow: Flow) -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(self._open(flow), name=f"sip {self.protocol} to {flow.remote}")
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def _open(self, flow: Flow) -> None:
        whom = (flow.remote, flow.name)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                connection = await self.connect(flow)
        except (OSError, TimeoutError) as error:
            self._waiting.pop(whom, None)
            self._failed(flow, error)
            return
        for data in self._waiting.pop(whom, ()):
            connection.write(data)

    def look_around(self) -> None:
        """Called every few seconds."""

    def _sweep(self) -> None:
        loop = asyncio.get_running_loop()
        for connection in self.connections:
            if connection.is_overdue(loop.time()):
                connection.close()
            elif self.keep_alive:
                connection.keep_alive(loop.time(), after=self.keep_alive)
        self.look_around()
        self._sweeper = loop.call_later(UNFINISHED_TIMEOUT / 2, self._sweep)

    def close(self) -> None:
        """Close the listening socket and every connection."""
        self.is_closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        for task in self._connecting:
            task.cancel()
        if self._server is not None:
            self._server.close()
        for connection in self.connections:
            connection.close()


async def open_tcp(driver: SipDriver, host: str, port: int) -> TcpTransport:
    """Listen for connections and feed the driver from them.

    Raises:
        OSError: The address is not ours or is taken.
    """
    transport = TcpTransport(driver)
    await transport.listen(host, port)
    return transport
