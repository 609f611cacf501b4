"""UDPTL, the transport of T.38 over UDP (ITU-T T.38 §9.1): a packet, and those before it again.

What was lost comes again behind the next packet. Who sends parity (FEC) is understood without it.
"""

from __future__ import annotations

from collections import deque

LARGEST = 1400  #: octets of a datagram
_LONG = 0x80  #: in a length: fourteen bits follow instead of seven
_PARITY = 0x80  #: in the octet behind the first packet: what follows is parity


def _sized(data: bytes) -> bytes:
    """With its length in front, as an open type of packed encoding has it."""
    size = len(data)
    return (bytes((size,)) if size < _LONG else (0x8000 | size).to_bytes(2)) + data


class UdptlError(ValueError):
    """A datagram that is none of these."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        if len(found) < size:
            raise UdptlError("it ends too early")
        self._at += size
        return found

    def number(self) -> int:
        first = self.take(1)[0]
        if first < _LONG:
            return first
        if first & 0x40:
            raise UdptlError("fragments of a packet are not sent in datagrams")
        return (first & 0x3F) << 8 | self.take(1)[0]


class UdptlSender:
    """Makes datagrams.

    Args:
        redundancy: How many packets before it each one carries again, at most.
        largest: Octets of a datagram that the other side can take.
    """

    def __init__(self, *, redundancy: int = 3, largest: int = LARGEST) -> None:
        self._before: deque[bytes] = deque(maxlen=redundancy)
        self._largest = largest
        self._number = 0

    def to_datagram(self, packet: bytes) -> bytes:
        """One packet of T.38, with those before it as far as there is room."""
        first = self._number.to_bytes(2) + _sized(packet) + b"\0"
        again: list[bytes] = []
        left = min(self._largest, LARGEST) - len(first) - 1
        for each in self._before:
            sized = _sized(each)
            left -= len(sized)
            if left < 0:
                break
            again.append(sized)
        self._before.appendleft(packet)
        self._number = (self._number + 1) & 0xFFFF
        return first + bytes((len(again),)) + b"".join(again)


class UdptlReceiver:
    """Takes datagrams; each packet comes out once, in order."""

    def __init__(self) -> None:
        self._expected = 0

    def packets(self, datagram: bytes) -> list[tuple[int, bytes]]:
        """What is new in a datagram, with its numbers; empty for one that came late or twice.

        Raises:
            UdptlError: It is none.
        """
        reader = _Reader(datagram)
        number = int.from_bytes(reader.take(2))
        found = [reader.take(reader.number())]
        if not reader.take(1)[0] & _PARITY:
            found += [reader.take(reader.number()) for _ in range(reader.number())]
        missed = (number - self._expected) & 0xFFFF
        if missed >= 0x8000:
            return []
        self._expected = (number + 1) & 0xFFFF
        new = found[: missed + 1]
        return [((number - age) & 0xFFFF, new[age]) for age in reversed(range(len(new)))]
