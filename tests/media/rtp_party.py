"""A tiny RTP party on 127.0.0.1: sends what a test tells it to and keeps what it hears."""

from __future__ import annotations

import asyncio
import itertools
import math
import os
import struct
from array import array
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import cast

from switchroom.media.api import Address
from switchroom.media.codecs.samples import decode, encode
from switchroom.media.engine.engine import REALTIME_PRIORITY

FRAME = 160  #: samples of 20 ms
PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8}
EVENT_TYPE = 101
EVENTS = "0123456789*#ABCD"

_sources = itertools.count(0x1234)


@dataclass(frozen=True, slots=True)
class RtpPacket:
    """What stands in one packet (RFC 3550 §5.1)."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def to_bytes(self) -> bytes:
        second = self.payload_type | (0x80 if self.marker else 0)
        header = struct.pack(
            "!BBHII", 0x80, second, self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.ssrc
        )
        return header + self.payload


def parse_packet(data: bytes) -> RtpPacket:
    first, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", data)
    assert first == 0x80, f"version 2 and nothing else is expected, got {first:#x}"
    return RtpPacket(second & 0x7F, sequence, timestamp, ssrc, data[12:], bool(second & 0x80))


def tone(frequency: float, duration: float, *, amplitude: float = 8000.0) -> bytes:
    """A sine as signed 16 bit samples at 8,000 Hz."""
    step = 2 * math.pi * frequency / 8000
    return array(
        "h", (round(amplitude * math.sin(step * i)) for i in range(round(8000 * duration)))
    ).tobytes()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nobody else runs meanwhile, not even the media thread, where the system allows it."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REALTIME_PRIORITY + 1))
    except PermissionError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


class RtpParty(asyncio.DatagramProtocol):
    """One socket; :attr:`remote` is where it sends."""

    def __init__(self, codec: str = "PCMU") -> None:
        self.codec = codec
        self.remote: Address = ("", 0)
        self.heard: list[RtpPacket] = []
        self.sequence = 65530  # wraps soon
        self.timestamp = 0xFFFFFF00
        self.ssrc = next(_sources)
        self._changed = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.heard.append(parse_packet(data))
        self._changed.set()

    @property
    def address(self) -> Address:
        assert self._transport is not None
        name: Address = self._transport.get_extra_info("sockname")[:2]
        return name

    def send_raw(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.sendto(data, self.remote)

    def send_frame(self, samples: bytes, *, marker: bool = False) -> None:
        """Send one packet of audio and go on by its length."""
        payload = encode(self.codec, samples)
        self.send_raw(self._packet(self.sequence, self.timestamp, payload, marker=marker))
        self.sequence += 1
        self.timestamp += len(payload)

    def _packet(
        self, sequence: int, timestamp: int, payload: bytes, *, marker: bool = False
    ) -> bytes:
        kind = PAYLOAD_TYPES[self.codec]
        packet = RtpPacket(kind, sequence, timestamp, self.ssrc, payload, marker=marker)
        return packet.to_bytes()

    async def say(self, samples: bytes) -> None:
        """Send audio in packets of 20 ms, in real time; late ones are made up for."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        for number, at in enumerate(range(0, len(samples), 2 * FRAME)):
            await asyncio.sleep(max(0.0, began_at + 0.02 * number - loop.time()))
            self.send_frame(samples[at : at + 2 * FRAME])

    def burst(
        self, samples: bytes, *, order: Sequence[int] | None = None, step: int = FRAME
    ) -> None:
        """Send packets all at once, numbered from 0 in ``order``; a number left out is lost.

        The jitter buffer holds 0.9 s, so what comes at once is heard whole, on any machine: as
        long as it does come at once, so the packets are made before the first of them is sent.
        """
        codes = encode(self.codec, samples)
        count = len(codes) // step
        packets = [
            self._packet(
                self.sequence + number,
                self.timestamp + step * number,
                codes[step * number : step * (number + 1)],
            )
            for number in (range(count) if order is None else order)
        ]
        with undisturbed():
            for packet in packets:
                self.send_raw(packet)
        self.sequence += count
        self.timestamp += step * count

    def start_saying(self, samples: bytes) -> None:
        """As :meth:`say`, in the background until the party is closed."""
        self._tasks.append(asyncio.get_running_loop().create_task(self.say(samples)))

    def press(self, digit: str, duration: float = 0.1, *, ends: int = 3) -> None:
        """Send all packets of one key at once (RFC 4733 §2.5.1)."""
        total = round(8000 * duration)
        lengths = [*range(FRAME, total, FRAME), *[total] * ends]
        for number, length in enumerate(lengths):
            ended = number >= len(lengths) - ends
            self.send_event(digit, length, ended=ended, marker=not number)
        self.timestamp += total + FRAME

    def send_event(
        self, digit: str, length: int, *, ended: bool = False, marker: bool = False
    ) -> None:
        """Send one packet of a key that began at :attr:`timestamp`; ``length`` in samples."""
        payload = bytes([EVENTS.index(digit), 0x80 | 10 if ended else 10]) + length.to_bytes(2)
        self.send_raw(
            RtpPacket(
                EVENT_TYPE, self.sequence, self.timestamp, self.ssrc, payload, marker=marker
            ).to_bytes()
        )
        self.sequence += 1

    async def until(self, condition: Callable[[], bool], *, timeout: float = 10.0) -> None:
        """Wait until ``condition`` holds; looked at after every packet."""
        async with asyncio.timeout(timeout):
            while not condition():
                self._changed.clear()
                await self._changed.wait()

    def packets(self, payload_type: int) -> list[RtpPacket]:
        return [packet for packet in self.heard if packet.payload_type == payload_type]

    def audio(self) -> bytes:
        """What was heard, decoded, in the order of arrival."""
        mine = self.packets(PAYLOAD_TYPES[self.codec])
        return decode(self.codec, b"".join(packet.payload for packet in mine))

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        if self._transport is not None:
            self._transport.close()


@asynccontextmanager
async def rtp_party(codec: str = "PCMU", *, host: str = "127.0.0.1") -> AsyncIterator[RtpParty]:
    """A party with its socket bound to a free port of ``host``."""
    loop = asyncio.get_running_loop()
    _, party = await loop.create_datagram_endpoint(lambda: RtpParty(codec), local_addr=(host, 0))
    try:
        yield party
    finally:
        party.close()
