"""A party that knows when each packet came, and a network that loses and delays them."""

from __future__ import annotations

import asyncio
import random

import numpy as np

from switchroom.media.api import Address
from tests.media.coded_party import CodedParty, Samples


class BadNetwork:
    """Loses packets, and delays each of the others by another time.

    Args:
        loss: Share of the packets.
        jitter: Seconds that the slowest needs more than the fastest.
        seed: Of its chance.
    """

    def __init__(self, *, loss: float = 0.0, jitter: float = 0.0, seed: int = 1) -> None:
        self._loss = loss
        self._jitter = jitter
        self._chance = random.Random(seed)
        self.lost = 0

    def delays(self, count: int) -> list[float | None]:
        """For each packet how late it comes; None: never. The first one comes at once."""
        chosen: list[float | None] = [0.0]
        for _ in range(count - 1):
            is_lost = self._chance.random() < self._loss
            chosen.append(None if is_lost else self._chance.random() * self._jitter)
            self.lost += is_lost
        return chosen


class Ears(CodedParty):
    """Knows when each packet came."""

    def __init__(self, codec: str) -> None:
        super().__init__(codec)
        self.came_at: list[float] = []

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.came_at.append(asyncio.get_running_loop().time())
        super().datagram_received(data, addr)

    def decode(self, payload: bytes) -> Samples:
        return np.frombuffer(self._coder.decode(payload, 5760), np.int16).astype(float)

    def heard_whole(self) -> tuple[float, Samples]:
        """When its first packet came, and all that it heard, each packet at its place; with holes."""
        packets = self.packets(self.kind.payload_type)
        places = [_difference(each.timestamp, packets[0].timestamp) for each in packets]
        parts: list[tuple[int, Samples]] = []
        for ticks, packet in sorted(zip(places, packets, strict=True), key=lambda each: each[0]):
            at = (ticks - min(places)) * self.rate // self.kind.clock_rate
            parts.append((at, self.decode(packet.payload)))
        whole = np.zeros(max((at + len(part) for at, part in parts), default=0))
        for at, part in parts:
            whole[at : at + len(part)] = part
        return self.came_at[0] + min(places, default=0) / self.kind.clock_rate, whole


def _difference(one: int, other: int) -> int:
    """Of two timestamps, which are round."""
    return ((one - other + 0x8000_0000) & 0xFFFF_FFFF) - 0x8000_0000
