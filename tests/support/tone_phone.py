"""A phone that says one tone for as long as it lives, and knows by their tones whom it hears."""

from __future__ import annotations

import itertools
import socket
import struct
from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt

from switchroom.media.api import Address
from switchroom.media.codecs.samples import decode, encode
from tests.media.rtp_party import EVENT_TYPE, EVENTS

LOUD = 900.0  #: amplitude from which on a tone is heard
AMPLITUDE = 5000.0
WINDOW = 8  #: packets in which it is listened for tones
WIDE_TYPE = 118  #: payload type of linear audio of 16,000 Hz

_sources = itertools.count(0x70000)


@cache
def _payloads(rate: int, hertz: int, amplitude: float, hiss: float) -> list[bytes]:
    """A second of packets' contents, which may follow itself."""
    at = np.arange(rate) / rate
    noise = np.random.default_rng(1).normal(0, hiss, rate) if hiss else 0.0
    samples = (amplitude * np.sin(2 * np.pi * hertz * at) + noise).astype(np.int16)
    if rate == 8000:
        codes = encode("PCMU", samples.tobytes())
        return [codes[at : at + 160] for at in range(0, rate, 160)]
    frame = rate // 50
    return [samples[at : at + frame].astype(">i2").tobytes() for at in range(0, rate, frame)]


class TonePhone:
    """A phone with a socket of its own.

    Args:
        hertz: What it says.
        rate: 8000: G.711; 16000: linear.
        port: Of its socket; 0: a free one.
    """

    def __init__(self, hertz: int, *, rate: int = 8000, port: int = 0) -> None:
        self.hertz = hertz
        self.rate = rate
        self.amplitude = AMPLITUDE
        self.hiss = 0.0  #: loudness of noise besides the tone
        self.is_speaking = True
        self.remote: Address = ("", 0)
        self.packets: list[bytes] = []  #: what it heard
        self.digits: list[str] = []  #: keys of others that reached it
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.setblocking(False)  # noqa: FBT003  # its name
        self._type = 0 if rate == 8000 else WIDE_TYPE
        self._sequence = 0
        self._stamp = 0
        self._source = next(_sources)

    @property
    def address(self) -> Address:
        host, port = self._socket.getsockname()
        return host, port

    def speak(self) -> None:
        """Send the packet of one tick; silence, or its hiss, while it does not speak."""
        if not self.remote[1]:
            return
        amplitude = self.amplitude if self.is_speaking else 0.0
        payloads = _payloads(self.rate, self.hertz, amplitude, self.hiss)
        self._send(self._type, payloads[self._stamp // (self.rate // 50) % len(payloads)])
        self._stamp += self.rate // 50

    def press(self, digit: str) -> None:
        """All packets of one key (RFC 4733)."""
        for length, ended in ((160, False), (480, False), (800, True), (800, True)):
            code = bytes([EVENTS.index(digit), 0x8A if ended else 10])
            self._send(EVENT_TYPE, code + length.to_bytes(2))

    def _send(self, kind: int, payload: bytes) -> None:
        header = struct.pack(
            "!BBHII", 0x80, kind, self._sequence & 0xFFFF, self._stamp & 0xFFFFFFFF, self._source
        )
        self._sequence += 1
        self._socket.sendto(header + payload, self.remote)

    def listen(self) -> None:
        """Keep what came."""
        while True:
            try:
                data = self._socket.recv(2048)
            except BlockingIOError:
                return
            kind = data[1] & 0x7F
            if kind == self._type:
                self.packets.append(data[12:])
            elif kind == EVENT_TYPE and data[1] & 0x80:
                self.digits.append(EVENTS[data[12]])

    def samples(self, first: int = 0, last: int | None = None) -> npt.NDArray[np.float64]:
        """What it heard, by packets."""
        codes = b"".join(self.packets[first:last])
        if self.rate == 8000:
            return np.frombuffer(decode("PCMU", codes), np.int16).astype(float)
        return np.frombuffer(codes, ">i2").astype(float)

    def level(self, hertz: int) -> float:
        """The amplitude of a tone, now."""
        return self._level(self.samples(-WINDOW), hertz)

    def hears(self, tones: Mapping[str, int]) -> set[str]:
        """Who is heard now, of those whose tones are given."""
        return self._heard(self.samples(-WINDOW), tones)

    def heard(self, tones: Mapping[str, int]) -> list[str]:
        """What was heard since the beginning, in order; what goes on is one."""
        found: list[str] = []
        before: set[str] = set()
        for at in range(0, len(self.packets), WINDOW):
            now = self._heard(self.samples(at, at + WINDOW), tones)
            found += sorted(now - before)
            before = now
        return found

    def _heard(self, samples: npt.NDArray[np.float64], tones: Mapping[str, int]) -> set[str]:
        return {name for name, hertz in tones.items() if self._level(samples, hertz) > LOUD}

    def _level(self, samples: npt.NDArray[np.float64], hertz: int) -> float:
        if not len(samples):
            return 0.0
        shape = np.hanning(len(samples))  # else a loud tone counts for its neighbours
        turns = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / self.rate)
        return float(2 * abs(turns @ (samples * shape)) / shape.sum())

    def close(self) -> None:
        self._socket.close()
