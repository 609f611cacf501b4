"""Streams of the real engine with an RTP party at the other end, and what to do with their audio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from switchroom.media.api import MediaListener, Stream, StreamPlan
from switchroom.media.engine.engine import Engine
from tests.media.conformance.stage import Ear
from tests.media.rtp_party import EVENT_TYPE, PAYLOAD_TYPES, RtpParty, rtp_party

T = TypeVar("T")
Samples = npt.NDArray[np.float64]


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@asynccontextmanager
async def make_engine(*, first_port: int = 32000, last_port: int = 39999) -> AsyncIterator[Engine]:
    engine = Engine(first_port=first_port, last_port=last_port)
    try:
        yield engine
    finally:
        await engine.close()


class RtpCall:
    """A stream, its party, and what its listener heard."""

    def __init__(self, engine: Engine, stream: Stream, party: RtpParty, ear: Ear) -> None:
        self.engine = engine
        self.stream = stream
        self.party = party
        self.ear = ear

    async def received(self, count: int) -> None:
        """Wait until the engine has counted so many of the party's packets, dropped ones too."""
        async with asyncio.timeout(10):
            while (now := self.stream.statistics()).packets_received + now.packets_dropped < count:
                await asyncio.sleep(0.01)


def make_plan(party: RtpParty, **values: Any) -> StreamPlan:
    fields: dict[str, Any] = {"remote": party.address, "telephone_event": EVENT_TYPE} | values
    return StreamPlan(party.codec, PAYLOAD_TYPES[party.codec], **fields)


@asynccontextmanager
async def rtp_call(
    engine: Engine,
    codec: str = "PCMU",
    *,
    host: str = "127.0.0.1",
    listener: MediaListener | None = None,
    **plan: Any,
) -> AsyncIterator[RtpCall]:
    """A call with a party that speaks ``codec``; ``plan`` are fields of its plan."""
    async with rtp_party(codec, host=host) as party:
        ear = Ear()
        stream = await engine.open_stream(host, make_plan(party, **plan), listener or ear)
        party.remote = stream.local_address
        yield RtpCall(engine, stream, party, ear)
        stream.close()


@asynccontextmanager
async def one_call(codec: str = "PCMU", **plan: Any) -> AsyncIterator[RtpCall]:
    """A call on an engine of its own."""
    async with make_engine() as engine, rtp_call(engine, codec, **plan) as call:
        yield call


def noise(duration: float, *, seed: int = 1, level: float = 3000.0) -> bytes:
    """Noise: no two parts of it are alike, so that where a part was found is sure."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, level, round(8000 * duration)).clip(-30000, 30000)
    return samples.astype(np.int16).tobytes()


def values(samples: bytes) -> Samples:
    return np.frombuffer(samples, np.int16).astype(float)


def find_in(heard: bytes, wanted: bytes) -> tuple[int, float]:
    """Where in ``heard`` the best match of ``wanted`` begins, in samples, and how good it is (1: same)."""
    long, short = values(heard), values(wanted)
    if len(long) < len(short):
        long = np.pad(long, (0, len(short) - len(long)))
    products = np.correlate(long, short, "valid")
    energy = np.convolve(long**2, np.ones(len(short)), "valid") * np.sum(short**2)
    likeness = products / np.sqrt(np.maximum(energy, 1))
    at = int(np.argmax(likeness))
    return at, float(likeness[at])


def frequencies(samples: bytes) -> list[int]:
    """The strongest tones, in steps of ten hertz."""
    heard = values(samples)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard)), 8000))
    peaks = [
        hz
        for hz in range(100, 3900)
        if spectrum[hz] == spectrum[hz - 20 : hz + 21].max() and spectrum[hz] > spectrum.max() / 4
    ]
    return [10 * round(hz / 10) for hz in peaks]


def windows_of(samples: bytes, hertz: float, *, rate: int = 8000) -> int:
    """In how many tenths of a second a tone makes most of what is heard.

    Cheap enough to be asked for each packet that comes, on a machine that has more to do.
    """
    size = rate // 10
    heard = values(samples[: len(samples) // (2 * size) * 2 * size]).reshape(-1, size)
    turns = np.exp(-2j * np.pi * hertz * np.arange(size) / rate)
    tone = 2 * np.abs(heard @ turns / size) ** 2
    power = np.mean(heard**2, axis=1)
    return int(np.sum((tone > 0.8 * power) & (power > 100.0**2)))


def ends_with(samples: bytes, hertz: float, *, rate: int = 8000) -> bool:
    """Whether a tone makes most of the last tenth of a second."""
    return windows_of(samples[-2 * (rate // 10) :], hertz, rate=rate) == 1
