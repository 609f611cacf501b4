"""A program at the other end of a feed: speaks AudioSocket, or a WebSocket's frames, by hand."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from switchroom.media.api import MediaEvent
from switchroom.media.engine.engine import Engine
from switchroom.media.feeds import Feed, FeedEvent, FeedMessage, FeedPlan, Framing
from tests.media.conformance.stage import E, Ear

AUDIO = 0x10
TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
MASK = b"\x21\x43\x65\x87"


def socket_frame(kind: int, payload: bytes) -> bytes:
    """One of AudioSocket."""
    return struct.pack("!BH", kind, len(payload)) + payload


def ws_frame(opcode: int, payload: bytes, *, masks: bool = True, is_final: bool = True) -> bytes:
    """One of a WebSocket (RFC 6455 §5.2)."""
    size = len(payload)
    bit = 0x80 if masks else 0
    head = bytes([opcode | (0x80 if is_final else 0)])
    if size < 126:
        head += bytes([bit | size])
    elif size < 65536:
        head += bytes([bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([bit | 127]) + struct.pack("!Q", size)
    if not masks:
        return head + payload
    return head + MASK + bytes(c ^ MASK[i % 4] for i, c in enumerate(payload))


def read_socket_frames(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The frames in it, and what is left."""
    frames = []
    while len(data) >= 3 and len(data) >= 3 + (size := int.from_bytes(data[1:3])):
        frames.append((data[0], data[3 : 3 + size]))
        data = data[3 + size :]
    return frames, data


def read_ws_frames(data: bytes) -> tuple[list[tuple[int, bytes]], bytes]:
    """The same of a WebSocket; each must be final."""
    frames = []
    while len(data) >= 2:
        assert data[0] & 0x80, "we send every message in one frame"
        size, at, masks = data[1] & 0x7F, 2, bool(data[1] & 0x80)
        if size >= 126:
            width = 2 if size == 126 else 8
            size, at = int.from_bytes(data[2 : 2 + width]), 2 + width
        key = data[at : at + 4] if masks else b"\0\0\0\0"
        at += 4 if masks else 0
        if len(data) < at + size:
            break
        payload = bytes(c ^ key[i % 4] for i, c in enumerate(data[at : at + size]))
        frames.append((data[0] & 15, payload))
        data = data[at + size :]
    return frames, data


@dataclass(slots=True)
class Wire:
    """How one protocol frames things."""

    framing: Framing
    frame: Callable[[int, bytes], bytes]
    read: Callable[[bytes], tuple[list[tuple[int, bytes]], bytes]]
    audio: int


AUDIOSOCKET = Wire(Framing.AUDIOSOCKET, socket_frame, read_socket_frames, AUDIO)
WEBSOCKET = Wire(Framing.WEBSOCKET, ws_frame, read_ws_frames, BINARY)
WEBSOCKET_CLIENT = Wire(
    Framing.WEBSOCKET_CLIENT,
    lambda opcode, payload: ws_frame(opcode, payload, masks=False),
    read_ws_frames,
    BINARY,
)


class FeedParty:
    """The program's end of the socket."""

    def __init__(self, end: socket.socket, wire: Wire) -> None:
        end.setblocking(False)  # noqa: FBT003  # as the library has it
        self.end = end
        self.wire = wire
        self.frames: list[tuple[int, bytes]] = []
        self.is_over = False
        self._rest = b""
        self._heard = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(end, self._read)

    def _read(self) -> None:
        try:
            data = self.end.recv(65536)
        except ConnectionError:
            data = b""
        if not data:
            self.is_over = True
            self._loop.remove_reader(self.end)
        frames, self._rest = self.wire.read(self._rest + data)
        self.frames += frames
        self._heard.set()

    def stop_reading(self) -> None:
        self._loop.remove_reader(self.end)

    def start_reading(self) -> None:
        self._loop.add_reader(self.end, self._read)

    async def send(self, kind: int, payload: bytes = b"") -> None:
        await self._loop.sock_sendall(self.end, self.wire.frame(kind, payload))

    async def say(self, audio: bytes) -> None:
        """All of it at once, in frames of odd sizes."""
        for at in range(0, len(audio), 3333):
            await self.send(self.wire.audio, audio[at : at + 3333])

    async def until(self, condition: Callable[[], bool], *, timeout: float = 20.0) -> None:
        async with asyncio.timeout(timeout):
            while not condition():
                self._heard.clear()
                await self._heard.wait()

    def audio(self) -> bytes:
        kind = self.wire.audio
        return b"".join(payload for each, payload in self.frames if each == kind)

    @property
    def count(self) -> int:
        """Frames of audio: 20 ms each."""
        return sum(kind == self.wire.audio for kind, _ in self.frames)

    def close(self) -> None:
        if self.end.fileno() >= 0:
            self._loop.remove_reader(self.end)
            self.end.close()


class FeedEar(Ear):
    """A listener of a feed."""

    def __call__(self, event: MediaEvent | FeedEvent) -> None:
        super().__call__(event)  # type: ignore[arg-type]  # it keeps whatever it hears

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def messages(self) -> list[FeedMessage]:
        return self.all(FeedMessage)


@dataclass(slots=True)
class FeedCall:
    """A feed, its program, and what its listener heard."""

    feed: Feed
    party: FeedParty
    ear: FeedEar


@asynccontextmanager
async def feed_call(
    engine: Engine, wire: Wire = AUDIOSOCKET, *, codec: str = "slin", received: bytes = b""
) -> AsyncIterator[FeedCall]:
    """A feed with a program at its other end."""
    ours, theirs = socket.socketpair()
    party, ear = FeedParty(theirs, wire), FeedEar()
    if received:
        feed = engine.open_feed(None, FeedPlan(wire.framing, codec), ear)
        feed.attach(ours.detach(), received)
    else:
        feed = engine.open_feed(ours.detach(), FeedPlan(wire.framing, codec), ear)
    try:
        yield FeedCall(feed, party, ear)
    finally:
        feed.close()
        party.close()
