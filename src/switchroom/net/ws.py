"""SIP over WebSocket, plain and behind TLS (RFC 7118): browsers connect to us, never we to them."""

from __future__ import annotations

from switchroom.net.credentials import TlsSettings
from switchroom.net.driver import SipDriver
from switchroom.net.http import HttpListener, HttpServer
from switchroom.net.tcp import TcpConnection, TcpTransport
from switchroom.sip.flow import Flow
from switchroom.sip.websocket import WebSocketServer

HANDSHAKE_TIMEOUT = 10.0  #: seconds from the connection to the end of its handshake
PING_AFTER = 25.0  #: seconds in which nothing was heard
SILENCE_TIMEOUT = 90.0  #: seconds without a pong or anything else: the browser is gone


class WebSocketConnection(TcpConnection):
    """One browser.

    Args:
        owner: Its transport.
        path: Where it must ask for.
    """

    def __init__(self, owner: TcpTransport, path: str) -> None:
        super().__init__(owner)
        self._core = WebSocketServer(path)

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        assert self.flow is not None
        self._heard_at = self._loop.time()
        messages = self._core.receive(data)
        if self._core.is_open:
            self._silent_since = None
        for message in messages:
            self._owner.driver.received(message, self.flow)
        self._flush()

    def write(self, data: bytes) -> None:
        """Send one message."""
        self._core.send(data)
        self._flush()

    def _flush(self) -> None:
        data = self._core.take_output()
        if data:
            super().write(data)
        if self._core.is_over:
            super().close()

    def keep_alive(self, now: float, *, after: float) -> None:
        """Ping who is silent: proxies forget such connections, and the dead are found."""
        if now - self._heard_at >= after:
            self._core.ping()
            self._flush()

    def is_overdue(self, now: float) -> bool:
        """Whether it never finished its handshake, or no longer answers pings."""
        if self._silent_since is not None:  # no drip of octets makes a handshake last longer
            return now - self._silent_since > HANDSHAKE_TIMEOUT
        return now - self._heard_at > SILENCE_TIMEOUT

    def close(self) -> None:
        """Say goodbye, then close."""
        self._core.close()
        self._flush()
        super().close()


class WsTransport(TcpTransport):
    """The WebSockets of one address of the HTTP server. Make it with :func:`open_ws`.

    Args:
        driver: Gets the messages.
        listener: Where browsers come to.
        path: Where they must ask for.
        protocol: ``ws``, or ``wss`` behind TLS.
    """

    def __init__(
        self, driver: SipDriver, listener: HttpListener, path: str, *, protocol: str
    ) -> None:
        super().__init__(driver)
        self.protocol = protocol
        self.keep_alive = PING_AFTER
        self._path = path
        self._listener = listener

    def start(self) -> None:
        """Take the connections that ask for the path."""
        self.local_address = self._listener.address
        self.driver.add_transport(self.protocol, *self.local_address, self)
        self._listener.takers[self._path] = self.new_connection
        self._sweep()

    def reload(self, settings: TlsSettings) -> None:
        """Meet new connections with other settings.

        Raises:
            TlsError: They cannot be used; what was there stays.
        """
        self._listener.reload(settings)

    def new_connection(self, wanted: Flow | None = None) -> TcpConnection:
        """See :class:`~switchroom.net.tcp.TcpTransport`."""
        return WebSocketConnection(self, self._path)

    async def connect(self, flow: Flow) -> TcpConnection:
        """Refuse: nobody listens for WebSockets but servers."""
        raise ConnectionError("the browser has closed its WebSocket")

    def close(self) -> None:
        """Take no more connections, and close those that are up."""
        self._listener.takers.pop(self._path, None)
        super().close()


async def open_ws(
    driver: SipDriver,
    http: HttpServer,
    where: tuple[str, int],
    path: str,
    settings: TlsSettings | None = None,
) -> WsTransport:
    """Take WebSockets from the HTTP server and feed the driver from them.

    Args:
        driver: Gets the messages.
        http: The node's server; it listens there already, or does from now on.
        where: Address and port.
        path: Where browsers must ask for, such as ``/ws``.
        settings: Of TLS; None: plain.

    Raises:
        OSError: The address is not ours or is taken.
        TlsError: The settings cannot be used.
    """
    listener = await http.listen(*where, settings)
    protocol = "ws" if settings is None else "wss"
    transport = WsTransport(driver, listener, path, protocol=protocol)
    transport.start()
    return transport
