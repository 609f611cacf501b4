"""Outbound WebSockets: we connect to the program, once for all its calls or once for each.

What a program may ask over one is what the local user of ``ari.conf`` may. Where it is says
``websocket_client.conf``.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from switchroom.ari.application import Application
from switchroom.ari.context import AriContext
from switchroom.ari.dispatch import Dispatcher
from switchroom.ari.session import MAX_REQUEST, NORMAL, Session
from switchroom.channels.external.reaching_programs import reach_program
from switchroom.channels.external.upgrade import UpgradeError
from switchroom.channels.external.websocket_channel import MediaWebSockets
from switchroom.config.ari import OutboundWebSocket
from switchroom.pbx.channel import Channel
from switchroom.pbx.stasis import StasisConnectors

logger = logging.getLogger(__name__)

SUBPROTOCOL = "ari"
LONGEST_PAUSE = 60.0  #: seconds between two rounds of attempts
ROUNDS = 10  #: of the loop, in which a new task has begun
PER_CALL = "per_call_config"


class SocketWire:
    """Fulfils :class:`~switchroom.ari.session.Wire` on a connection whose handshake is done.

    Args:
        reader: Of the connection.
        writer: Of the connection.
        received: What came behind the handshake.
    """

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, received: bytes
    ) -> None:
        self._core = Connection(ConnectionType.CLIENT)
        self._reader = reader
        self._writer = writer
        self._messages: list[str] = []
        self._text = ""
        self._is_over = False
        self._take(received)

    async def send(self, text: str) -> None:
        """See :class:`~switchroom.ari.session.Wire`."""
        self._writer.write(self._core.send(TextMessage(text)))
        await self._writer.drain()

    async def receive(self) -> str | None:
        """See :class:`~switchroom.ari.session.Wire`."""
        while not self._messages and not self._is_over:
            try:
                data = await self._reader.read(65_536)
            except OSError:
                return None
            if not data:
                return None
            self._take(data)
        return self._messages.pop(0) if self._messages else None

    def _take(self, data: bytes) -> None:
        try:
            if data:
                self._core.receive_data(data)
            for event in self._core.events():
                self._event(event)
        except RemoteProtocolError as error:
            logger.info("ARI: an outbound WebSocket: %s", error)
            self._is_over = True

    def _event(self, event: object) -> None:
        match event:
            case TextMessage():
                self._text += event.data
                self._is_over = self._is_over or len(self._text) > MAX_REQUEST
                if event.message_finished:
                    self._messages.append(self._text)
                    self._text = ""
            case Ping():
                self._writer.write(self._core.send(event.response()))
            case CloseConnection():
                self._writer.write(self._core.send(event.response()))
                self._is_over = True
            case BytesMessage():
                self._is_over = True  # nobody speaks so
            case _:
                pass

    async def close(self, code: int, reason: str) -> None:
        """See :class:`~switchroom.ari.session.Wire`."""
        with contextlib.suppress(LocalProtocolError):  # it is closed
            self._writer.write(self._core.send(CloseConnection(code, reason)))
        self._writer.close()

    def end(self) -> None:
        """Let go of it."""
        self._writer.close()


class OutboundSockets:
    """All of a node.

    Args:
        context: What operations use.
        dispatcher: Runs requests.
    """

    def __init__(self, context: AriContext, dispatcher: Dispatcher) -> None:
        self._context = context
        self._dispatcher = dispatcher
        self._tasks: dict[str, tuple[OutboundWebSocket, asyncio.Task[None]]] = {}
        self._per_call: set[str] = set()  # names of applications
        self.sessions: set[Session] = set()

    def use(self, configured: Mapping[str, OutboundWebSocket]) -> None:
        """Connect to those, and to no others."""
        for name, (known, task) in list(self._tasks.items()):
            if configured.get(name) != known:
                task.cancel()
                del self._tasks[name]
        connectors = self._context.pbx.datastore(StasisConnectors)
        for name in self._per_call:
            connectors.pop(name, None)
        self._per_call.clear()
        for what in configured.values():
            if self._is_per_call(what):
                for name in what.applications:
                    connectors[name] = partial(self._connect_call, what, name)
                    self._per_call.add(name)
            elif what.name not in self._tasks:
                self.start(what.name)

    def _is_per_call(self, what: OutboundWebSocket) -> bool:
        client = self._context.pbx.datastore(MediaWebSockets).clients.get(what.client)
        return client is not None and client.connection_type == PER_CALL

    def start(self, name: str) -> bool:
        """Connect to one and stay connected; returns whether there is one."""
        what = self._context.config.outbound.get(name)
        if what is None or self._is_per_call(what):
            return False
        known = self._tasks.get(name)
        if known is None or known[1].done():
            task = self._context.pbx.spawn(self._stay(what), name=f"outbound WebSocket {name}")
            self._tasks[name] = (what, task)
        return True

    def close(self) -> None:
        """End all."""
        for _, task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        for session in tuple(self.sessions):
            session.kick("the node ends", code=NORMAL)

    async def _stay(self, what: OutboundWebSocket) -> None:
        """Serve the program whenever it can be reached."""
        pause = 1.0
        while True:
            try:
                wire = await self._reach(what)
            except UpgradeError as error:
                logger.warning("ARI: outbound WebSocket %s: %s", what.name, error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = 1.0
            await self._serve(what, self._session(what, wire), wire, what.applications)
            logger.warning("ARI: outbound WebSocket %s is lost", what.name)
            await asyncio.sleep(pause)

    async def _reach(self, what: OutboundWebSocket) -> SocketWire:
        """Connect and shake hands.

        Raises:
            UpgradeError: It cannot be reached, does not let us in, or is configured wrongly.
        """
        client = self._context.pbx.datastore(MediaWebSockets).clients.get(what.client)
        if client is None:
            raise UpgradeError(f"there is no [{what.client}] in websocket_client.conf")
        if what.user not in self._context.config.users:
            raise UpgradeError(f"there is no user [{what.user}] in ari.conf")
        client = replace(client, protocols=client.protocols or (SUBPROTOCOL,))
        descriptor, received = await reach_program(client)
        reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
        return SocketWire(reader, writer, received)

    async def _serve(
        self,
        what: OutboundWebSocket,
        session: Session,
        wire: SocketWire,
        names: tuple[str, ...],
    ) -> None:
        try:
            await session.run(names, hears_all=what.hears_all)
        finally:
            self.sessions.discard(session)
            wire.end()

    def _session(self, what: OutboundWebSocket, wire: SocketWire) -> Session:
        user = self._context.config.users[what.user]
        remote = f"{what.name} (outbound)"
        session = Session(wire, user, self._context.hub, self._dispatcher, remote)
        self.sessions.add(session)
        return session

    # one for each call

    async def _connect_call(
        self, what: OutboundWebSocket, name: str, channel: Channel
    ) -> Application | None:
        """Connect for one call; the application is called after both."""
        try:
            wire = await self._reach(what)
        except UpgradeError as error:
            logger.warning("ARI: outbound WebSocket %s: %s", what.name, error)
            return None
        own = f"{name}-{channel.unique_id}"
        pbx = self._context.pbx
        session = self._session(what, wire)
        work = self._serve(what, session, wire, (own,))
        task = pbx.spawn(work, name=f"WebSocket of {channel.name}")
        for _ in range(ROUNDS):
            application = self._context.hub.applications.get(own)
            if application is not None or task.done():
                break
            await asyncio.sleep(0)
        else:
            application = None
        if application is None:
            task.cancel()
            return None
        application.on_empty = lambda: session.kick("the call is over", code=NORMAL)
        return application
