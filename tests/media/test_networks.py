"""The ways that audio takes through the engine, on a good network and a bad one, in virtual time.

As tests/peers/test_bad_network.py, without phones: no busy machine disturbs this network.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from switchroom.media.api import MonitorPlan, SeatPlan, Stream, StreamPlan
from switchroom.media.files.reading import read_sound
from tests.media.conformance.stage import Ear
from tests.media.ears import BadNetwork, Ears
from tests.media.reference_voice import QUIET, SECONDS, SILENT, Measured, measure, voice
from tests.support.stepped_engine import TICK, SteppedEngine
from tests.support.virtual_loop import run_virtual

LOSS, JITTER = 0.05, 0.06


class _Socket:
    """What a party sends by: a socket that nobody watches."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)  # noqa: FBT003  # its name

    def get_extra_info(self, name: str) -> Any:
        return self.socket.getsockname()

    def sendto(self, data: bytes, where: Any) -> None:
        self.socket.sendto(data, where)

    def close(self) -> None:
        self.socket.close()


class Party(Ears):
    """One that sends over a network."""

    def __init__(self, codec: str, network: BadNetwork) -> None:
        super().__init__(codec)
        self.wire = _Socket()
        self.connection_made(cast("asyncio.BaseTransport", self.wire))
        self.network = network
        self.began_at = 0.0
        self._underway: list[tuple[float, bytes]] = []

    def begin(self, now: float) -> None:
        """Put the reference on its way."""
        self.began_at = now
        packets = self.packets_of(voice(self.rate))
        self._underway = sorted(
            (now + number * self.ptime + late, packets[number])
            for number, late in enumerate(self.network.delays(len(packets)))
            if late is not None
        )

    def send_due(self, now: float) -> None:
        """What the network has brought until now."""
        while self._underway and self._underway[0][0] <= now + 1e-9:
            self.send_raw(self._underway.pop(0)[1])

    def listen(self) -> None:
        with suppress(BlockingIOError):
            while True:
                self.datagram_received(*self.wire.socket.recvfrom(4096))


@dataclass(frozen=True)
class Result:
    """What each party heard of the other, or of itself where it is alone."""

    parties: list[Party]
    heard: list[Measured] = field(default_factory=list)

    def is_lossy(self) -> bool:
        return bool({"gsm", "opus"} & {party.kind.config_name for party in self.parties})


def connect(engine: SteppedEngine, streams: Sequence[Stream], _: Path) -> object:
    engine.connect(streams[0], streams[1])
    return None


def by_local(engine: SteppedEngine, streams: Sequence[Stream], _: Path) -> object:
    outer, inner = engine.open_pipe(Ear(), Ear())
    engine.connect(streams[0], outer)
    engine.connect(inner, streams[1])
    return None


def meet(engine: SteppedEngine, streams: Sequence[Stream], _: Path) -> object:
    mix = engine.open_mix()
    for stream in streams:
        mix.join(stream, SeatPlan())
    return mix


def echo(engine: SteppedEngine, streams: Sequence[Stream], _: Path) -> object:
    streams[0].set_echo(enabled=True)
    return None


def record(engine: SteppedEngine, streams: Sequence[Stream], folder: Path) -> object:
    engine.connect(streams[0], streams[1])
    return streams[0].start_monitor(MonitorPlan(said=folder / "said.wav"))


Arrange = Callable[[SteppedEngine, Sequence[Stream], Path], object]
WAYS: dict[str, tuple[tuple[str, ...], Arrange]] = {
    "relayed": (("ulaw", "ulaw"), connect),
    "ulaw-alaw": (("ulaw", "alaw"), connect),
    "g722-ulaw": (("g722", "ulaw"), connect),
    "ulaw-opus": (("ulaw", "opus"), connect),
    "opus-alaw": (("opus", "alaw"), connect),
    "gsm-slin16": (("gsm", "slin16"), connect),
    "local": (("ulaw", "ulaw"), by_local),
    "recorded": (("ulaw", "ulaw"), record),
    "conference": (("ulaw", "ulaw"), meet),
    "wide conference": (("g722", "opus"), meet),
    "echo": (("alaw",), echo),
}
PASSED_ON = ("relayed", "recorded")  #: as it comes, for the phone to conceal


async def _talk(way: str, folder: Path, *, loss: float, jitter: float, seed: int) -> Result:
    codecs, arrange = WAYS[way]
    engine = SteppedEngine(first_port=33000, last_port=33999)
    parties = [
        Party(codec, BadNetwork(loss=loss, jitter=jitter, seed=seed + number))
        for number, codec in enumerate(codecs)
    ]
    streams = []
    for party in parties:
        plan = StreamPlan(
            party.kind.name, party.kind.payload_type, remote=party.address,
            clock_rate=party.kind.clock_rate, ptime=party.ptime,
        )  # fmt: skip
        stream = await engine.open_stream("127.0.0.1", plan, Ear())
        party.remote = stream.local_address
        streams.append(stream)
    monitor: Any = arrange(engine, streams, folder)
    loop = asyncio.get_running_loop()
    for party in parties:
        party.begin(loop.time() + 5 * TICK)
    for _ in range(round((SECONDS + 0.8) / TICK)):
        await asyncio.sleep(TICK)
        for party in parties:
            party.send_due(loop.time())
        engine.step()
        for party in parties:
            party.listen()
    if way == "recorded":
        stopping = loop.create_task(monitor.stop())
        while not stopping.done():  # a thread of its own writes the file
            await asyncio.sleep(TICK)
    result = Result(parties)
    for hears, says in zip(parties, [*parties[1:], parties[0]], strict=True):
        came_at, heard = hears.heard_whole()
        result.heard.append(measure(heard, hears.rate, late=came_at - says.began_at))
        hears.close()
    for stream in streams:
        stream.close()
    await engine.close()
    return result


def talk(
    way: str, folder: Path, *, loss: float = 0.0, jitter: float = 0.0, seed: int = 1
) -> Result:
    return run_virtual(_talk(way, folder, loss=loss, jitter=jitter, seed=seed))


@pytest.mark.parametrize("way", WAYS)
def test_a_good_network(way: str, tmp_path: Path) -> None:
    result = talk(way, tmp_path)
    for measured in result.heard:
        assert measured.late < 0.15, measured
        assert measured.likeness > (0.93 if result.is_lossy() else 0.99), measured
        assert abs(measured.level_db) < (1.0 if result.is_lossy() else 0.3), measured
        assert measured.loudness.min() > QUIET, measured


@pytest.mark.parametrize("way", [way for way in WAYS if way not in PASSED_ON])
def test_a_bad_network_is_heard_as_concealment(way: str, tmp_path: Path) -> None:
    """In a conference nothing is held back at first, so that it adapts again and again.

    Where that falls into what is compared is chance: of three networks the middle one counts.
    """
    seeds = (1, 11, 21) if "conference" in way else (1,)
    heard = [
        measured
        for seed in seeds
        for measured in talk(way, tmp_path, loss=LOSS, jitter=JITTER, seed=seed).heard
    ]
    # GSM's predictor goes by what it decoded before: where that was made up it errs for a while
    likeness = float(np.median([measured.likeness for measured in heard]))
    assert likeness > (0.7 if "gsm" in way else 0.85), heard
    for measured in heard:
        assert measured.late < 0.25, measured
        assert abs(measured.level_db) < 2.0, measured
        assert measured.loudness.min() > SILENT, measured
        assert np.mean(measured.loudness < QUIET) < 0.03, measured


@pytest.mark.parametrize("way", PASSED_ON)
def test_what_is_passed_on_lets_the_phone_conceal(way: str, tmp_path: Path) -> None:
    """Whoever hears it knows of each packet when it was sent, and which are missing."""
    one, two = talk(way, tmp_path, loss=LOSS, jitter=JITTER).parties
    for hears, says in ((one, two), (two, one)):
        assert says.network.lost >= 4
        assert len(hears.heard) == round(SECONDS / TICK) - says.network.lost
        first = {(each.timestamp - 160 * each.sequence) % 2**32 for each in hears.heard}
        assert len({each % (160 * 2**16) for each in first}) == 1


def test_a_recording_of_a_bad_network(tmp_path: Path) -> None:
    talk("recorded", tmp_path, loss=LOSS, jitter=JITTER)
    samples = np.frombuffer(read_sound(tmp_path / "said.wav")[0], np.int16).astype(float)
    measured = measure(samples, 8000)
    assert measured.likeness > 0.85, measured
    assert abs(measured.level_db) < 1.5, measured
    assert measured.loudness.min() > SILENT, measured
