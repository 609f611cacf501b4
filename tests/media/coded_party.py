"""An RTP party that speaks any codec of the registry, at the codec's own rate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from switchroom.media.api import Stream, StreamPlan
from switchroom.media.codecs.coding import open_coder
from switchroom.media.codecs.registry import all_codecs
from switchroom.media.engine.engine import Engine
from tests.media.conformance.stage import Ear
from tests.media.rtp_party import RtpPacket, RtpParty, undisturbed

Samples = npt.NDArray[np.float64]


FINE = 64000  #: hertz


class CodedParty(RtpParty):
    """As :class:`RtpParty`, with a coder; packets have 20 ms, or what fits into 1,400 octets."""

    def __init__(self, config_name: str) -> None:
        self.kind = all_codecs()[config_name]
        super().__init__(self.kind.name)
        self._coder = open_coder(self.kind)
        self.rate = self.kind.sample_rate
        self.ptime = 0.01 if self.rate == 48000 and self.kind.octets > 70000 else 0.02
        self.frame = round(self.rate * self.ptime)

    def packets_of(self, signal: Samples) -> list[bytes]:
        """A signal at our rate, whole packets of it."""
        samples = signal.astype(np.int16)
        step = round(self.kind.clock_rate * self.ptime)
        made: list[bytes] = []
        for at in range(0, len(samples) - self.frame + 1, self.frame):
            payload = self._coder.encode(samples[at : at + self.frame].tobytes())
            packet = RtpPacket(
                self.kind.payload_type, self.sequence, self.timestamp, self.ssrc, payload
            )
            made.append(packet.to_bytes())
            self.sequence += 1
            self.timestamp += step
        return made

    def say_all(self, packets: Sequence[bytes]) -> None:
        """Send packets at once; the jitter buffer holds 0.9 s, so no loaded machine makes gaps."""
        with undisturbed():
            for packet in packets:
                self.send_raw(packet)

    async def hear(self, packets: int) -> Samples:
        """Wait for so many packets; returns them decoded."""
        number = self.kind.payload_type
        await self.until(lambda: len(self.packets(number)) >= packets)
        parts = [self._coder.decode(p.payload, 5760) for p in self.packets(number)]
        return np.frombuffer(b"".join(parts), np.int16).astype(float)


@asynccontextmanager
async def coded_call(
    engine: Engine, config_name: str, **plan: Any
) -> AsyncIterator[tuple[CodedParty, Stream]]:
    """A stream of the engine with a party that speaks the codec."""
    loop = asyncio.get_running_loop()
    _, party = await loop.create_datagram_endpoint(
        lambda: CodedParty(config_name), local_addr=("127.0.0.1", 0)
    )
    kind = party.kind
    stream = await engine.open_stream(
        "127.0.0.1",
        StreamPlan(
            kind.name, kind.payload_type, remote=party.address, clock_rate=kind.clock_rate,
            ptime=party.ptime, **plan,
        ),
        Ear(),
    )  # fmt: skip
    party.remote = stream.local_address
    try:
        yield party, stream
    finally:
        stream.close()
        party.close()


def make_signal(rate: int, seconds: float, *tones: float, amplitude: float = 3000.0) -> Samples:
    """Tones that swell one after the other, so that no two parts of it are alike."""
    at = np.arange(round(rate * seconds)) / rate
    signal = np.zeros(len(at))
    for number, hertz in enumerate(tones):
        swell = 0.55 + 0.45 * np.sin(2 * np.pi * (2.3 + 1.7 * number) * at + number)
        signal += amplitude * swell * np.sin(2 * np.pi * hertz * at + 5 * np.sin(9 * at))
    return signal


def _finer(signal: Samples, times: int) -> Samples:
    """More samples of the same: two rates seldom meet on one."""
    return times * np.fft.irfft(np.fft.rfft(signal), times * len(signal))


def compare(heard: Samples, expected: Samples, rate: int) -> tuple[float, float, float]:
    """How much later a signal is heard (seconds), how alike it is (1: same), and its level (dB)."""
    times = max(1, FINE // rate)
    heard, expected, rate = _finer(heard, times), _finer(expected, times), times * rate
    size = 1 << (len(heard) + len(expected)).bit_length()
    products = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(expected, size)), size)
    late = int(np.argmax(products[: len(heard)]))
    length = min(len(expected), len(heard) - late)
    one, two = heard[late : late + length], expected[:length]
    likeness = float(one @ two / np.sqrt((one @ one) * (two @ two)))
    return late / rate, likeness, float(10 * np.log10((one @ one) / (two @ two)))


def level_of(signal: Samples, rate: int, hertz: float) -> float:
    """The amplitude of a tone in a signal."""
    turns = np.exp(-2j * np.pi * hertz * np.arange(len(signal)) / rate)
    return float(2 * abs(turns @ signal) / len(signal))
