"""SIP inside WebSocket messages (RFC 7118 over RFC 6455), the server's side; octets in and out."""

from __future__ import annotations

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

SUBPROTOCOL = "sip"
MAX_MESSAGE = 64 * 1024  #: octets of one message, as of a datagram
MAX_WAITING = 32  #: messages of one read; more than a phone ever has to say at once
_PING, _PONG = b"\r\n\r\n", b"\r\n"


class WebSocketServer:
    """One connection: its handshake, then messages, until one side closes.

    Args:
        path: The only one that is answered, such as ``/ws``.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection = WSConnection(ConnectionType.SERVER)
        self._output = bytearray()
        self._parts = bytearray()
        self._messages: list[bytes] = []
        self.is_open = False  #: the handshake is done, and nobody said goodbye
        self.is_over = False  #: what is in the output is the last

    def receive(self, data: bytes) -> list[bytes]:
        """Take octets of the stream; returns the SIP messages that are whole with them."""
        if self.is_over:
            return []
        try:
            self._connection.receive_data(data)
            for event in self._connection.events():
                self._handle(event)
        except RemoteProtocolError:
            self._refuse()
        messages, self._messages = self._messages, []
        return messages

    def send(self, message: bytes) -> None:
        """Put a SIP message into the output; as text where it is some."""
        if not self.is_open:
            return
        try:
            event: Event = TextMessage(data=message.decode("utf-8"))
        except UnicodeDecodeError:
            event = BytesMessage(data=message)
        self._put(event)

    def ping(self) -> None:
        """Ask the other side for a sign of life."""
        if self.is_open:
            self._put(Ping())

    def close(self) -> None:
        """Say goodbye: we go away."""
        if self.is_open:
            self._end(CloseReason.GOING_AWAY)

    def take_output(self) -> bytes:
        """Everything to be sent since the last call."""
        data = bytes(self._output)
        self._output.clear()
        return data

    def _put(self, event: Event) -> None:
        self._output += self._connection.send(event)

    def _handle(self, event: Event) -> None:
        if self.is_over:
            return
        match event:
            case Request():
                self._shake_hands(event)
            case TextMessage() | BytesMessage():
                data = event.data.encode() if isinstance(event.data, str) else bytes(event.data)
                self._take_part(data, is_last=event.message_finished)
            case Ping():
                self._put(event.response())
            case CloseConnection():
                self.is_open, self.is_over = False, True
                self._put(event.response())
            case _:
                pass  # a pong

    def _shake_hands(self, request: Request) -> None:
        if request.target.partition("?")[0] != self._path:
            self._reject(404)
        elif SUBPROTOCOL not in request.subprotocols:
            self._reject(400)  # RFC 7118 §4: the client must name it
        else:
            self.is_open = True
            self._put(AcceptConnection(subprotocol=SUBPROTOCOL))

    def _take_part(self, data: bytes, *, is_last: bool) -> None:
        self._parts += data
        if len(self._parts) > MAX_MESSAGE or len(self._messages) >= MAX_WAITING:
            self._end(CloseReason.MESSAGE_TOO_BIG)
            return
        if not is_last:
            return
        message = bytes(self._parts)
        self._parts.clear()
        if message == _PING:
            self.send(_PONG)  # RFC 7118 §6, with RFC 5626 §3.5.1
        elif message.strip(b"\r\n"):
            self._messages.append(message)

    def _end(self, reason: CloseReason) -> None:
        self.is_open, self.is_over = False, True
        self._put(CloseConnection(code=reason))

    def _reject(self, status: int) -> None:
        self.is_over = True
        headers = [(b"content-length", b"0"), (b"connection", b"close")]
        self._put(RejectConnection(status_code=status, headers=headers))

    def _refuse(self) -> None:
        """What came is no WebSocket: say so in the way that the state allows."""
        was_open, self.is_open, self.is_over = self.is_open, False, True
        try:
            if was_open:
                self._put(CloseConnection(code=CloseReason.PROTOCOL_ERROR))
            else:
                self._reject(426)
        except LocalProtocolError:
            pass  # it is past saying anything
