"""Connections that began on the loop and go on in the media engine.

The engine reads and writes a bare socket. Of a plain connection it gets the socket itself; of one
behind TLS one end of a pair, whose other end is carried over TLS here.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from typing import Any

from switchroom.net.connecting import set_for_audio

MOST_HEAD = 8 * 1024  #: octets of a head
CHUNK = 64 * 1024


class Head(asyncio.Protocol):
    """Reads the head of what HTTP begins with, and nothing behind it that could not be handed on.

    Args:
        told: Called once with the head, its empty line included; with None where none comes.
    """

    def __init__(self, told: Callable[[bytes | None], None]) -> None:
        self.transport: Any = None
        self._told: Callable[[bytes | None], None] | None = told
        self._buffer = bytearray()

    def connection_made(self, transport: Any) -> None:
        """See :class:`asyncio.Protocol`."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        self._buffer += data
        if self._told is None:
            return
        head, end, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if end:
            self.transport.pause_reading()
            self._buffer = bytearray(rest)
            self._tell(head + end)
        elif len(self._buffer) > MOST_HEAD:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._tell(None)

    def give_up(self) -> None:
        """No head has come in time."""
        if self._told is not None:
            self.transport.abort()

    def _tell(self, head: bytes | None) -> None:
        told, self._told = self._told, None
        if told is not None:
            told(head)

    def release(self, reply: bytes = b"") -> tuple[int, bytes]:
        """Give the connection away.

        Args:
            reply: Sent first.

        Returns:
            A descriptor that is the caller's, and what came behind the head.

        Raises:
            OSError: The connection is gone, or the system has no more descriptors.
        """
        received = bytes(self._buffer)
        if self.transport.get_extra_info("ssl_object") is not None:
            return self._carry(reply), received
        copy = os.dup(self.transport.get_extra_info("socket").fileno())
        with socket.socket(fileno=os.dup(copy)) as one:
            set_for_audio(one)
            sent = _send(one, reply)
        if sent != len(reply):
            os.close(copy)
            raise OSError("a reply did not go out")
        self.transport.abort()  # the copy stays
        return copy, received

    def _carry(self, reply: bytes) -> int:
        """Let somebody speak over TLS as if he had the socket."""
        ours, theirs = socket.socketpair()
        self.transport.write(reply)
        relay = _Relay(self.transport, ours)
        self.transport.set_protocol(relay)
        relay.begin()
        return theirs.detach()


class _Relay(asyncio.Protocol):
    """Carries between a connection and a socket; what one side does not take holds the other up."""

    def __init__(self, transport: Any, end: socket.socket) -> None:
        self._transport = transport
        self._end = end
        self._waiting = bytearray()
        self._loop = asyncio.get_running_loop()
        self._is_over = False
        end.setblocking(False)  # noqa: FBT003  # as the library has it

    def begin(self) -> None:
        """Carry from now on."""
        self._loop.add_reader(self._end, self._from_socket)
        self._transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """See :class:`asyncio.Protocol`."""
        self._waiting += data
        self._to_socket()

    def _to_socket(self) -> None:
        if self._is_over:
            return
        try:
            del self._waiting[: self._end.send(self._waiting)]
        except BlockingIOError:
            pass
        except OSError:
            self._finish()
            return
        if self._waiting:
            self._transport.pause_reading()
            self._loop.add_writer(self._end, self._to_socket)
        else:
            self._loop.remove_writer(self._end)
            self._transport.resume_reading()

    def _from_socket(self) -> None:
        try:
            data = self._end.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._transport.write(data)
        else:
            self._finish()

    def pause_writing(self) -> None:
        """See :class:`asyncio.Protocol`."""
        self._loop.remove_reader(self._end)

    def resume_writing(self) -> None:
        """See :class:`asyncio.Protocol`."""
        if not self._is_over:
            self._loop.add_reader(self._end, self._from_socket)

    def connection_lost(self, exc: Exception | None) -> None:
        """See :class:`asyncio.Protocol`."""
        self._finish()

    def _finish(self) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._loop.remove_reader(self._end)
        self._loop.remove_writer(self._end)
        with contextlib.suppress(OSError):
            self._end.close()
        self._transport.close()


def _send(one: socket.socket, data: bytes) -> int:
    """Send what goes out at once; returns how much that was."""
    try:
        return one.send(data, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL) if data else 0
    except OSError:
        return -1
