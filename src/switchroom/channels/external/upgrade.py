"""The handshake of a WebSocket for media, both sides of it, and frames of messages (RFC 6455).

The library for it is imported with the first program that comes: nodes without one start faster.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from switchroom.base.errors import SwitchroomError

if TYPE_CHECKING:
    from wsproto.events import Request

SUBPROTOCOL = "media"
PORTS = {"ws": 80, "wss": 443}


class Opcode(IntEnum):
    """What a frame is."""

    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class UpgradeError(SwitchroomError):
    """A handshake fails."""


def to_frame(opcode: Opcode, payload: bytes, key: bytes | None = None) -> bytes:
    """One frame with a whole message.

    Args:
        opcode: What it is.
        payload: At most 65,535 octets.
        key: Of four octets, with which a client masks what it sends; None for a server.
    """
    size, bit = len(payload), 0 if key is None else 0x80
    head = bytes([0x80 | opcode])
    head += bytes([bit | size]) if size < 126 else bytes([bit | 126]) + size.to_bytes(2)
    if key is None:
        return head + payload
    return head + key + bytes(octet ^ key[at & 3] for at, octet in enumerate(payload))


@dataclass(frozen=True, slots=True)
class Asked:
    """What a program asks for that comes to us."""

    path: str
    may_speak: bool  #: whether it speaks our subprotocol, or names none


class ServerUpgrade:
    """A program comes to us.

    Args:
        head: Of its request, the empty line included.
    """

    def __init__(self, head: bytes) -> None:
        from wsproto import ConnectionType, WSConnection
        from wsproto.events import Request
        from wsproto.utilities import RemoteProtocolError

        self._core = WSConnection(ConnectionType.SERVER)
        self._request: Request | None = None
        try:
            self._core.receive_data(head)
            self._request = next(
                (each for each in self._core.events() if isinstance(each, Request)), None
            )
        except RemoteProtocolError as error:
            raise UpgradeError(str(error)) from error

    @property
    def asked(self) -> Asked:
        """What it asks for.

        Raises:
            UpgradeError: It is no request for a WebSocket.
        """
        if self._request is None:
            raise UpgradeError("no request for a WebSocket")
        offered = self._request.subprotocols
        path = self._request.target.partition("?")[0]
        return Asked(path, not offered or SUBPROTOCOL in offered)

    def accept(self) -> bytes:
        """The answer that lets it in."""
        from wsproto.events import AcceptConnection

        assert self._request is not None
        chosen = SUBPROTOCOL if self._request.subprotocols else None
        return self._core.send(AcceptConnection(subprotocol=chosen))

    def refuse(self, status: int) -> bytes:
        """The answer that does not."""
        from wsproto.events import RejectConnection

        headers = [(b"content-length", b"0")]
        return self._core.send(RejectConnection(status_code=status, headers=headers))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a program waits for us."""

    host: str
    port: int
    is_tls: bool
    target: str  #: path and query

    @classmethod
    def parse(cls, uri: str, parameters: str = "") -> Place:
        """From ``ws://host:port/path``, and parameters for its query.

        Raises:
            UpgradeError: It is no URI of a WebSocket.
        """
        try:
            parts = urlsplit(uri)
            port = parts.port
        except ValueError as error:
            raise UpgradeError(f"{uri!r}: {error}") from error
        if parts.scheme not in PORTS or not parts.hostname:
            raise UpgradeError(f"{uri!r} is no URI of a WebSocket")
        query = "&".join(filter(None, (parts.query, parameters)))
        target = (parts.path or "/") + (f"?{query}" if query else "")
        is_tls = parts.scheme == "wss"
        return cls(parts.hostname, port or PORTS[parts.scheme], is_tls, target)

    @property
    def authority(self) -> str:
        """As the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS["wss" if self.is_tls else "ws"] else f"{host}:{self.port}"


class ClientUpgrade:
    """We come to a program.

    Args:
        place: Where it waits.
        protocols: Subprotocols that we offer.
        user: Name and password for it; None: it asks for none.
    """

    def __init__(
        self, place: Place, protocols: Sequence[str], user: tuple[str, str] | None = None
    ) -> None:
        from wsproto import ConnectionType, WSConnection
        from wsproto.events import Request

        self._core = WSConnection(ConnectionType.CLIENT)
        headers = []
        if user is not None:
            token = base64.b64encode(":".join(user).encode())
            headers.append((b"Authorization", b"Basic " + token))
        self.request = self._core.send(
            Request(
                host=place.authority,
                target=place.target,
                subprotocols=list(protocols),
                extra_headers=headers,
            )
        )

    def check(self, head: bytes) -> None:
        """Look at the answer.

        Args:
            head: The answer's, the empty line included, and nothing behind it.

        Raises:
            UpgradeError: We are not let in.
        """
        from wsproto.events import AcceptConnection, RejectConnection
        from wsproto.utilities import RemoteProtocolError

        try:
            self._core.receive_data(head)
            events = list(self._core.events())
        except RemoteProtocolError as error:
            raise UpgradeError(str(error)) from error
        if any(isinstance(each, AcceptConnection) for each in events):
            return
        refused = next((each for each in events if isinstance(each, RejectConnection)), None)
        status = f"answered {refused.status_code}" if refused is not None else "sent no answer"
        raise UpgradeError(f"the program {status}")
