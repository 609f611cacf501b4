"""The first words with a program on a WebSocket, before its audio is the media engine's.

Which codec the program takes has to be known before a feed can be opened; so the first request and
its answer go over the bare socket, and not an octet more is read than the answer has.
"""

from __future__ import annotations

import asyncio
import secrets
import socket

from switchroom.channels.external.upgrade import Opcode, to_frame
from switchroom.recognition.aeap_messages import AeapError, Message, Request, parse_message

MAX_MESSAGE = 65_536  #: octets
TIMEOUT = 5.0  #: seconds that a program may take


class Greeting:
    """A connected socket, until it is handed on.

    Args:
        descriptor: Stays the caller's.
        received: What came already.
    """

    def __init__(self, descriptor: int, received: bytes) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.setblocking(False)  # noqa: FBT003  # as the library has it
        self._received = bytearray(received)

    async def ask(self, request: Request) -> Message:
        """Send a request, and wait for its answer.

        Raises:
            AeapError: There is none in time, or it says no.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(TIMEOUT):
                await loop.sock_sendall(self._socket, masked(Opcode.TEXT, request.to_text()))
                while True:
                    answer = parse_message(await self._read_text())
                    if not answer.is_request and answer.id == request.id:
                        break
        except (TimeoutError, OSError) as error:
            raise AeapError(f"no answer to {request.name}: {error or 'in time'}") from error
        if answer.error:
            raise AeapError(answer.error)
        return answer

    def release(self) -> bytes:
        """Leave the descriptor alone; returns what came behind the answer."""
        self._socket.detach()
        return bytes(self._received)

    async def _read_text(self) -> bytes:
        """The next message; what is said about the connection is done."""
        message = b""
        while True:
            first, second = await self._read(2)
            size = second & 0x7F
            if size >= 126:
                size = int.from_bytes(await self._read(2 if size == 126 else 8))
            if second & 0x80 or len(message) + size > MAX_MESSAGE:
                raise AeapError("what it sends makes no sense")
            payload = await self._read(size)
            opcode = first & 0x0F
            if opcode == Opcode.CLOSE:
                raise AeapError("it has closed the connection")
            if opcode == Opcode.PING:
                pong = masked(Opcode.PONG, payload)
                await asyncio.get_running_loop().sock_sendall(self._socket, pong)
            elif opcode != Opcode.PONG:
                message += payload
                if first & 0x80:
                    return message

    async def _read(self, size: int) -> bytes:
        while len(self._received) < size:
            missing = size - len(self._received)
            data = await asyncio.get_running_loop().sock_recv(self._socket, missing)
            if not data:
                raise AeapError("it has closed the connection")
            self._received += data
        taken = bytes(self._received[:size])
        del self._received[:size]
        return taken


def masked(opcode: Opcode, payload: bytes) -> bytes:
    """A message as a client sends it."""
    return to_frame(opcode, payload, secrets.token_bytes(4))
