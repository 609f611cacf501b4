"""Sockets that are connected here and handed to somebody else: the media engine, mostly."""

from __future__ import annotations

import asyncio
import contextlib
import socket

CONNECT_TIMEOUT = 2.0  #: seconds for a name and all its addresses
DEAD_AFTER = 20_000  #: milliseconds without an acknowledgement: the other side is gone


def parse_service(text: str) -> tuple[str, int]:
    """Take ``host:port`` apart; an IPv6 address stands in brackets.

    Raises:
        ValueError: It is none.
    """
    host, colon, port = text.strip().rpartition(":")
    if host[:1] == "[" and host[-1:] == "]":
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"{text!r}: an IPv6 address stands in brackets")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"{text!r} is no host:port")
    return host, int(port)


def set_for_audio(one: socket.socket) -> None:
    """Send each frame at once, and find out in time that nobody is there any more."""
    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER)


async def connect_tcp(host: str, port: int, *, within: float = CONNECT_TIMEOUT) -> socket.socket:
    """Connect to the first address of a host that answers; the socket is the caller's.

    Raises:
        OSError: None does, or not in time.
    """
    loop = asyncio.get_running_loop()
    why: OSError = TimeoutError(f"{host}:{port} does not answer")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(within):
            for family, kind, protocol, _, address in await loop.getaddrinfo(
                host, port, type=socket.SOCK_STREAM
            ):
                one = socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
                try:
                    await loop.sock_connect(one, address)
                except BaseException as error:
                    one.close()
                    if not isinstance(error, OSError) or isinstance(error, TimeoutError):
                        raise
                    why = error
                else:
                    set_for_audio(one)
                    return one
    raise why
