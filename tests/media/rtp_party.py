"""A tiny RTP party on 127.0.0.1: sends what a test tells it to and keeps what it hears."""

from __future__ import annotations

import asyncio
import math
import struct
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from switchroom.media.api import Address
from switchroom.media.codecs.samples import decode, encode

FRAME = 160  #: samples of 20 ms
PAYLOAD_TYPES = {"PCMU": 0, "PCMA": 8}
EVENT_TYPE = 101
EVENTS = "0123456789*#ABCD"


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


class RtpParty(asyncio.DatagramProtocol):
    """One socket; :attr:`remote` is where it sends."""

    def __init__(self, codec: str = "PCMU") -> None:
        self.codec = codec
        self.remote: Address = ("", 0)
        self.heard: list[RtpPacket] = []
        self.sequence = 65530  # wraps soon
        self.timestamp = 0xFFFFFF00
        self.ssrc = 0x1234
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
        self.send_raw(
            RtpPacket(
                PAYLOAD_TYPES[self.codec],
                self.sequence,
                self.timestamp,
                self.ssrc,
                payload,
                marker=marker,
            ).to_bytes()
        )
        self.sequence += 1
        self.timestamp += len(payload)

    async def say(self, samples: bytes) -> None:
        """Send audio in packets of 20 ms, in real time; late ones are made up for."""
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        for number, at in enumerate(range(0, len(samples), 2 * FRAME)):
            await asyncio.sleep(max(0.0, began_at + 0.02 * number - loop.time()))
            self.send_frame(samples[at : at + 2 * FRAME])

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
