"""The manager interface over TCP and TLS."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from typing import Any

from switchroom.ami.context import AmiContext
from switchroom.ami.dispatch import Dispatcher
from switchroom.ami.message import Action, Message
from switchroom.ami.registry import collect_actions
from switchroom.ami.session import Address, Session
from switchroom.ami.wire import ActionReader, WireError
from switchroom.net.credentials import TlsSettings, make_contexts
from switchroom.pbx.security import SecurityEvent, report

logger = logging.getLogger(__name__)

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
BACKLOG = 1024
MAX_CONNECTIONS = 4096
MAX_WAITING_ACTIONS = 64  #: of one client; it is not read any further above
MAX_UNSENT_BYTES = 512 * 1024  #: of events; a client that reads slower is cut off
#: Below so many bytes unsent a long answer goes on; it waits for its client, events do not.
LOW_WATER = 64 * 1024
MAX_HELD_BYTES = 64 * 1024  #: of events that wait for the answer of an action
CLOSE_TIMEOUT = 1.0  #: seconds

#: Seconds in which events are gathered where many listen: one write for several events.
GATHER = 0.05
FEW = 32  #: clients below which events are sent at once


class AmiServer:
    """Listens, and serves whoever connects.

    Args:
        context: What actions use.
    """

    def __init__(self, context: AmiContext) -> None:
        self.context = context
        self.dispatcher = Dispatcher(context, collect_actions())
        self.connections: set[Connection] = set()
        self.dropped = 0  #: clients that were cut off because they did not read
        self._servers: list[asyncio.Server] = []
        self._dirty: set[Connection] = set()
        self._timer: asyncio.Handle | None = None

    async def listen(self, host: str, port: int, tls: TlsSettings | None = None) -> Address:
        """Accept connections; returns where.

        Raises:
            OSError: The address is not ours or is taken.
            TlsError: The settings cannot be used.
        """
        context = make_contexts(tls).server if tls is not None else None
        bound = _listening_socket(host, port)
        protocol = "TLS" if tls is not None else "TCP"
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self, protocol), sock=bound, backlog=BACKLOG, ssl=context
        )
        self._servers.append(server)
        address: Address = bound.getsockname()[:2]
        return address

    async def close(self) -> None:
        """Stop listening and end all connections."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        connections = list(self.connections)
        for connection in connections:
            connection.close()
        waited = [each.work for each in connections if each.work is not None]
        if waited:
            await asyncio.wait(waited, timeout=CLOSE_TIMEOUT)
        for connection in list(self.connections):
            connection.abort()
        if self._timer is not None:
            self._timer.cancel()

    def kick(self, number: int) -> bool:
        """End the session of that number; returns whether there was one."""
        for connection in self.connections:
            if connection.session is not None and connection.session.number == number:
                connection.close()
                return True
        return False

    def soon(self, connection: Connection) -> None:
        """Flush the events of a connection: at once where few listen, gathered where many do."""
        self._dirty.add(connection)
        if self._timer is not None:
            return
        loop = asyncio.get_running_loop()
        if len(self.connections) <= FEW:
            self._timer = loop.call_soon(self._flush)
        else:
            self._timer = loop.call_later(GATHER, self._flush)

    def _flush(self) -> None:
        self._timer = None
        dirty, self._dirty = self._dirty, set()
        for connection in dirty:
            connection.flush()


class Connection(asyncio.Protocol):
    """One client; fulfils :class:`~switchroom.ami.session.Outbox`.

    Args:
        server: Whose.
        protocol: ``TCP`` or ``TLS``.
    """

    def __init__(self, server: AmiServer, protocol: str) -> None:
        self._server = server
        self._protocol = protocol
        self._reader = ActionReader()
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._actions: deque[Action] = deque()
        self._arrived = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._events: list[bytes] = []  # rendered, not written yet
        self._event_bytes = 0
        self._login_timer: asyncio.TimerHandle | None = None
        self._is_reading = True
        self._is_busy = False  # with an action
        self.session: Session | None = None
        self.work: asyncio.Task[None] | None = None

    # asyncio's side

    def connection_made(self, transport: Any) -> None:
        """See :class:`asyncio.Protocol`."""
        self._transport = transport
        context = self._server.context
        remote = _address(transport.get_extra_info("peername"))
        local = _address(transport.get_extra_info("sockname"))
        door = context.door
        if door.guard.blocks(remote[0], door.now()) or not self._has_room(remote):
            transport.abort()
            return
        transport.set_write_buffer_limits(high=2 * LOW_WATER, low=LOW_WATER)
        session = Session(self, remote, local, context.pbx.now(), self._protocol)
        self.session = session
        self._server.connections.add(self)
        context.hub.add(session)
        transport.write(BANNER)
        self._login_timer = self._loop.call_later(context.config.login_timeout, self._too_late)
        self.work = context.pbx.spawn(self._serve(session), name=f"ami {remote[0]}:{remote[1]}")

    def _has_room(self, remote: Address) -> bool:
        connections, config = self._server.connections, self._server.context.config
        if len(connections) >= MAX_CONNECTIONS:
            logger.warning("more than %s AMI clients: refusing %s", MAX_CONNECTIONS, remote[0])
            return False
        waiting = sum(not each.is_in for each in connections)
        if waiting >= config.login_limit:
            logger.warning(
                "%s AMI clients that have not logged in: refusing %s", waiting, remote[0]
            )
            return False
        return True

    @property
    def is_in(self) -> bool:
        """Whether its user is known."""
        return self.session is not None and self.session.is_in

    def _too_late(self) -> None:
        if not self.is_in:
            logger.info("an AMI client at %s did not log in in time", self._remote)
            self.close()

    @property
    def _remote(self) -> str:
        return self.session.remote[0] if self.session is not None else "?"

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        try:
            actions = self._reader.feed(data)
        except WireError as error:
            logger.warning("closing the AMI connection of %s: %s", self._remote, error)
            self.abort()
            return
        if actions:
            self._actions += actions
            self._arrived.set()
        if len(self._actions) > MAX_WAITING_ACTIONS and self._transport is not None:
            self._transport.pause_reading()
            self._is_reading = False

    def eof_received(self) -> bool:
        """See :class:`asyncio.Protocol`: who sends no more may still read the answers."""
        self._actions.append(Action(()))
        self._arrived.set()
        return self._protocol == "TCP"

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._drained.set()
        if self._login_timer is not None:
            self._login_timer.cancel()
        if self.session is None:
            return
        self._server.connections.discard(self)
        self._server.context.hub.remove(self.session)
        user = self.session.user
        if user is not None and user.shows_connects:
            logger.info("manager %r logged off from %s", user.name, self._remote)
        if self.work is not None:
            self.work.cancel()

    def pause_writing(self) -> None:
        """See :class:`asyncio.Protocol`."""
        self._drained.clear()

    def resume_writing(self) -> None:
        """See :class:`asyncio.Protocol`."""
        self._drained.set()

    # its work

    async def _serve(self, session: Session) -> None:
        """Do one action after the other, as they came."""
        while True:
            await self._arrived.wait()
            while self._actions:
                action = self._actions.popleft()
                if not action.headers:  # the end of what it sends
                    self.close()
                    return
                self._is_busy = True
                try:
                    goes_on = await self._server.dispatcher.run(session, action)
                finally:
                    self._is_busy = False
                    self.flush()
                await self._drained.wait()
                if not goes_on:
                    self.close()
                    return
            self._arrived.clear()
            if not self._is_reading and self._transport is not None:
                self._is_reading = True
                self._transport.resume_reading()

    # outbox

    def answer(self, message: Message) -> None:
        """See :class:`~switchroom.ami.session.Outbox`."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(message.to_bytes())

    def event(self, message: Message) -> None:
        """See :class:`~switchroom.ami.session.Outbox`."""
        data = message.to_bytes()
        self._events.append(data)
        self._event_bytes += len(data)
        # Asterisk: while an action is done its client hears nothing else; what it caused comes
        # behind its answer (22). Of a long one it hears on: nothing piles up for it.
        if not self._is_busy or self._event_bytes > MAX_HELD_BYTES:
            self._server.soon(self)

    def flush(self) -> None:
        """Write the events that were gathered; who reads too slowly is cut off."""
        if not self._events:
            return
        data, self._events, self._event_bytes = b"".join(self._events), [], 0
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > MAX_UNSENT_BYTES:
            self._server.dropped += 1
            name = self.session.name if self.session is not None else ""
            logger.warning(
                "the AMI client %r at %s is cut off: it reads slower than events happen",
                name, self._remote,
            )  # fmt: skip
            self._cut_off()
            return
        transport.write(data)

    def _cut_off(self) -> None:
        if self.session is not None:
            context = self._server.context
            facts = context.door.facts(self.session)
            report(context.pbx, SecurityEvent("MemoryLimit", facts))
        self.abort()

    def close(self) -> None:
        """End it behind what was written."""
        self.flush()
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End it at once."""
        if self._transport is not None:
            self._transport.abort()


def _address(name: Any) -> Address:
    return (str(name[0]), int(name[1])) if name else ("", 0)


def _listening_socket(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.settimeout(0)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except BaseException:
        bound.close()
        raise
    return bound
