"""The node's one HTTP server: what ``http.conf`` binds, for everybody who speaks over it.

Who speaks a protocol of his own over a connection that begins as HTTP (SIP over WebSockets) names
his path, and gets the connection from its first octet on. Everybody else mounts an ASGI application
at a path: AMI over HTTP, ARI, web pages. uvicorn's protocol reads their requests; its server is not
used, since the node owns sockets, signals and the loop.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from email.utils import formatdate
from typing import Any

from switchroom.net.credentials import TlsSettings
from switchroom.net.listening import listening_socket
from switchroom.net.tls_listener import TlsListener

logger = logging.getLogger(__name__)

BACKLOG = 1024
MAX_REQUEST_LINE = 8 * 1024  #: octets in which a request must have told its path
REQUEST_TIMEOUT = 10.0  #: seconds from the connection to its first line
HEAD_TIMEOUT = 15.0  #: seconds that the headers of a request may take, and twice that at most
KEEP_ALIVE = 15  #: seconds that an idle connection is kept (``session_keep_alive``)
MAX_CONNECTIONS = 4096
CLOSE_TIMEOUT = 1.0  #: seconds that requests under way get at the end
RENEW_AFTER = 15.0  #: seconds between two looks at whether a certificate was renewed

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Address = tuple[str, int]


class HttpServer:
    """Of one node, by ``pbx.datastore(HttpServer)``: its addresses and what is served there."""

    def __init__(self) -> None:
        self.server_name = "Asterisk"  #: the header ``Server``
        self.prefix = ""  #: in front of every path; whoever mounts something puts it there
        #: Whether what comes from a host is not let in, at a time of the loop's clock.
        self.blocks: Callable[[str, float], bool] = lambda _host, _now: False
        self.admits: Callable[[str], bool] = lambda _host: True  #: by ``http.conf``
        self.listeners: dict[Address, HttpListener] = {}
        self.applications: dict[str, Application] = {}
        #: Who takes connections from their first octet on, by where their paths begin: ``/media/``.
        self.takers: dict[str, Callable[[], asyncio.Protocol]] = {}
        self.undecided = 0  #: connections whose first line has not come
        self._slow: set[Any] = set()  # connections whose headers were still coming a while ago
        self._sweeper: asyncio.TimerHandle | None = None
        self._asgi: Any = None  # uvicorn's configuration, made when the first request comes
        self._state: Any = None

    async def listen(self, host: str, port: int, tls: TlsSettings | None = None) -> HttpListener:
        """Listen at an address, or give what listens there already.

        Raises:
            OSError: The address is not ours or is taken.
            TlsError: The settings cannot be used.
        """
        known = self.listeners.get((host, port)) if port else None
        if known is not None:
            return known
        listener = HttpListener(self, listening_socket(host, port, backlog=BACKLOG), tls)
        await listener.serve()
        self.listeners[host, port or listener.address[1]] = listener
        return listener

    def mount(self, path: str, application: Application) -> None:
        """Serve an ASGI application at a path and below it."""
        self.applications[path.rstrip("/")] = application

    @property
    def is_on(self) -> bool:
        """Whether it listens anywhere."""
        return bool(self.listeners)

    async def close(self) -> None:
        """Stop listening; let requests under way end."""
        for listener in self.listeners.values():
            listener.close()
        self.listeners.clear()
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._state is None:
            return
        for connection in list(self._state.connections):
            connection.shutdown()
        tasks = set(self._state.tasks)
        if tasks:
            _, pending = await asyncio.wait(tasks, timeout=CLOSE_TIMEOUT)
            for task in pending:
                task.cancel()

    @property
    def is_full(self) -> bool:
        """Whether there are as many connections as there may be."""
        reading = len(self._state.connections) if self._state is not None else 0
        return self.undecided + reading >= MAX_CONNECTIONS

    def _sweep(self) -> None:
        """Close connections that send their headers too slowly: uvicorn waits for ever."""
        coming = {each for each in self._state.connections if _waits_for_head(each)}
        for each in coming & self._slow:
            each.transport.abort()
        self._slow = coming - self._slow
        self._sweeper = asyncio.get_running_loop().call_later(HEAD_TIMEOUT, self._sweep)

    def new_protocol(self) -> asyncio.Protocol:
        """What reads the requests of one connection."""
        if self._asgi is None:
            self._load()
            self._sweep()
        self._stamp()
        protocol: asyncio.Protocol = self._asgi.http_protocol_class(
            config=self._asgi,
            server_state=self._state,
            app_state={},
            _loop=asyncio.get_running_loop(),
        )
        return protocol

    def _load(self) -> None:
        # Only nodes that are asked over HTTP pay for loading it.
        from uvicorn import Config
        from uvicorn.server import ServerState

        self._asgi = Config(
            self._serve,
            http="h11",
            ws="wsproto",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            headers=[("Server", self.server_name)],
            timeout_keep_alive=KEEP_ALIVE,
        )
        self._asgi.load()
        self._state = ServerState()

    def _stamp(self) -> None:
        """Let the answers from now on tell who they are from, and when."""
        date = (b"date", formatdate(usegmt=True).encode())
        self._state.default_headers = [*self._asgi.encoded_headers, date]

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application with the longest path that fits."""
        self._stamp()  # of the next request on this connection
        path: str = scope["path"]
        fitting = [
            each for each in self.applications if path == each or path.startswith(f"{each}/")
        ]
        if fitting:
            await self.applications[max(fitting, key=len)](scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await not_found(send)


def _waits_for_head(connection: Any) -> bool:
    """Whether a request has begun on a connection of uvicorn's and its headers have not ended."""
    if not hasattr(connection, "timeout_keep_alive_task"):
        return False  # a WebSocket
    cycle = connection.cycle
    return connection.timeout_keep_alive_task is None and (cycle is None or cycle.response_complete)


async def not_found(send: Send) -> None:
    """Answer that nothing is here."""
    body = (
        b"<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"
    )
    headers = [(b"content-type", b"text/html"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class HttpListener:
    """One address.

    Args:
        server: Whose.
        bound: Listens already.
        tls: Of TLS; None: plain.

    Raises:
        TlsError: The settings cannot be used.
    """

    def __init__(self, server: HttpServer, bound: socket.socket, tls: TlsSettings | None) -> None:
        self.server = server
        self.address: Address = bound.getsockname()[:2]
        #: Who takes a connection from its first octet on, by the path of its first request.
        self.takers: dict[str, Callable[[], asyncio.Protocol]] = {}
        self._bound = bound
        self._plain: asyncio.Server | None = None
        self._renewing: asyncio.TimerHandle | None = None
        self._tls: TlsListener | None = None
        if tls is not None:
            try:
                self._tls = TlsListener(
                    tls,
                    self._new_connection,
                    lambda host, now: not server.admits(host) or server.blocks(host, now),
                )
            except BaseException:
                bound.close()
                raise

    async def serve(self) -> None:
        """Accept connections from now on."""
        loop = asyncio.get_running_loop()
        if self._tls is not None:
            self._tls.serve(self._bound)
            self._renewing = loop.call_later(RENEW_AFTER, self._renew)
        else:
            self._plain = await loop.create_server(
                self._new_connection, sock=self._bound, backlog=BACKLOG
            )

    def _new_connection(self) -> asyncio.Protocol:
        return _Undecided(self)

    def reload(self, tls: TlsSettings) -> None:
        """Meet new connections with other settings.

        Raises:
            TlsError: They cannot be used; what was there stays.
        """
        if self._tls is not None:
            self._tls.reload(tls)

    def _renew(self) -> None:
        assert self._tls is not None
        self._tls.renew()
        self._renewing = asyncio.get_running_loop().call_later(RENEW_AFTER, self._renew)

    def close(self) -> None:
        """Accept no more."""
        if self._renewing is not None:
            self._renewing.cancel()
        if self._tls is not None:
            self._tls.close()
        if self._plain is not None:
            self._plain.close()


class _Undecided(asyncio.Protocol):
    """A connection until its first line tells for whom it is."""

    def __init__(self, listener: HttpListener) -> None:
        self._listener = listener
        self._transport: Any = None
        self._buffer = bytearray()
        self._timer: asyncio.TimerHandle | None = None
        self._is_counted = False

    def connection_made(self, transport: Any) -> None:
        """See :class:`asyncio.Protocol`."""
        loop = asyncio.get_running_loop()
        self._transport = transport
        remote = transport.get_extra_info("peername")
        server = self._listener.server
        host = remote[0] if remote else ""
        if server.is_full or not server.admits(host) or server.blocks(host, loop.time()):
            transport.abort()
            return
        self._is_counted = True
        server.undecided += 1
        self._timer = loop.call_later(REQUEST_TIMEOUT, transport.abort)

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        self._buffer += data
        line, end, _ = bytes(self._buffer).partition(b"\n")
        if not end:
            if len(self._buffer) > MAX_REQUEST_LINE:
                self._transport.abort()
            return
        words = line.split()
        path = words[1].partition(b"?")[0].decode("latin-1") if len(words) > 1 else ""
        server = self._listener.server
        folder = path[: path.rfind("/") + 1]
        taker = self._listener.takers.get(path) or server.takers.get(folder)
        self._hand_over((taker or server.new_protocol)())

    def _decided(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._is_counted:
            self._is_counted = False
            self._listener.server.undecided -= 1

    def _hand_over(self, protocol: asyncio.Protocol) -> None:
        self._decided()
        transport, data = self._transport, bytes(self._buffer)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        if not transport.is_closing():
            protocol.data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._decided()
