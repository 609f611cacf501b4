"""What conferences cost: CPU of the media thread for a member, and how late one is heard.

The rooms are in this process, on the real engine; the packets of those who talk come from another
process, so that what is measured is the engine alone.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.figures import Figure, as_json, as_table
from switchroom.media.api import SeatPlan, StreamPlan
from switchroom.media.codecs.registry import all_codecs, is_usable
from switchroom.media.engine.engine import Engine

FIRST_PORT = 46000
HOST = "127.0.0.1"
QUIET, LOUD = 0xFE, 0x90  #: codes of ulaw
PROBES = 120

#: Sends each party's packets, 50 a second, until it is killed: a voice that is quiet noise.
SENDER = """
import socket, struct, sys, time
from switchroom.media.codecs.coding import open_coder
from switchroom.media.codecs.registry import all_codecs
codec = all_codecs()[sys.argv[1]]
ports = [int(port) for port in sys.argv[2:]]
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in ports]
for number, port in enumerate(ports):
    sockets[number].connect(("127.0.0.1", port))
coder, frame, state = open_coder(codec), codec.sample_rate // 50, 1
voice = []
for _ in range(50):
    samples = []
    for _ in range(frame):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        samples.append((state >> 16) % 17 - 8)
    voice.append(coder.encode(struct.pack(f"<{frame}h", *samples)))
step = codec.clock_rate // 50
due, count = time.monotonic(), 0
slots = [(number, number % 20) for number in range(len(ports))]
while True:
    for slot in range(20):
        for number, mine in slots:
            if mine != slot:
                continue
            header = struct.pack("!BBHII", 0x80, codec.payload_type, count & 0xFFFF,
                                 count * step & 0xFFFFFFFF, number)
            try:
                sockets[number].send(header + voice[count % 50])
            except OSError:
                pass
        due += 0.001
        time.sleep(max(0.0, due - time.monotonic()))
    count += 1
"""


@dataclass(frozen=True, slots=True)
class Room:
    """One conference to measure."""

    codec: str
    members: int
    talkers: int
    target: float | None = None  #: per cent of a core, of a member
    original: float | None = None


ROOMS = (
    Room("ulaw", 400, 400, target=0.03, original=0.18),
    Room("ulaw", 400, 4),
    Room("g722", 200, 200),
    Room("g722", 200, 4),
    Room("opus", 50, 50),
    Room("opus", 200, 4),
)


def _cpu_of(engine: Engine) -> float:
    """Seconds that the media thread has worked."""
    thread = engine._thread  # noqa: SLF001  # nobody else needs to know it
    assert thread.ident is not None
    return time.clock_gettime(time.pthread_getcpuclockid(thread.ident))


class _Probe(asyncio.DatagramProtocol):
    """Somebody who says something loud now and then, and somebody who hears when it arrives."""

    def __init__(self) -> None:
        self.heard_at: asyncio.Future[float] | None = None

    def datagram_received(self, data: bytes, addr: object) -> None:
        waits = self.heard_at is not None and not self.heard_at.done()
        if waits and self.heard_at is not None and any(code & 0x70 <= 0x20 for code in data[12:]):
            self.heard_at.set_result(asyncio.get_running_loop().time())


async def _latencies(engine: Engine, join: object, count: int) -> list[float]:
    """Seconds from a loud packet to the first one that another party hears of it."""
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(_Probe, local_addr=(HOST, 0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        mouth.bind((HOST, 0))
        mouth.settimeout(0)
        plan = StreamPlan("PCMU", 0, remote=mouth.getsockname())
        says = await engine.open_stream(HOST, plan, lambda _: None)
        plan = StreamPlan("PCMU", 0, remote=transport.get_extra_info("sockname"))
        hears = await engine.open_stream(HOST, plan, lambda _: None)
        for stream in (says, hears):
            join(stream)  # type: ignore[operator]
        found: list[float] = []
        chance, sequence, due = random.Random(1), 0, loop.time()
        for _ in range(count):
            due += chance.random() * 0.02  # another phase of the tick
            quiet = chance.randint(15, 25)
            for number in range(quiet + 3):
                await asyncio.sleep(max(0.0, due - loop.time()))
                if number == quiet:
                    ear.heard_at, said_at = loop.create_future(), loop.time()
                code = LOUD if number >= quiet else QUIET
                header = bytes([0x80, 0]) + (sequence & 0xFFFF).to_bytes(2)
                header += (sequence * 160 & 0xFFFFFFFF).to_bytes(4) + b"talk"
                mouth.sendto(header + bytes([code]) * 160, says.local_address)
                sequence += 1
                due += 0.02
            try:
                async with asyncio.timeout(1):
                    found.append(await ear.heard_at - said_at)  # type: ignore[misc]
            except TimeoutError:
                found.append(1.0)
            due = max(due, loop.time())
        transport.close()
    return found


async def _measure(room: Room, *, seconds: float, probes: int) -> tuple[float, list[float]]:
    """Per cent of a core of the media thread, and latencies."""
    engine = Engine(first_port=FIRST_PORT, last_port=FIRST_PORT + 4 * room.members + 99)
    codec = all_codecs()[room.codec]
    mix = engine.open_mix()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sink:
        sink.bind((HOST, 0))
        plan = StreamPlan(
            codec.name, codec.payload_type, remote=sink.getsockname(), clock_rate=codec.clock_rate,
            symmetric=False,
        )  # fmt: skip
        streams = [
            await engine.open_stream(HOST, plan, lambda _: None) for _ in range(room.members)
        ]
        for stream in streams:
            mix.join(stream, SeatPlan())
        ports = [str(stream.local_address[1]) for stream in streams[: room.talkers]]
        sender = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SENDER, room.codec, *ports
        )
        try:
            await asyncio.sleep(4)
            received = streams[0].statistics().packets_received
            before, began = _cpu_of(engine), time.monotonic()
            await asyncio.sleep(seconds)
            share = 100 * (_cpu_of(engine) - before) / (time.monotonic() - began)
            rate = (streams[0].statistics().packets_received - received) / seconds
            assert rate > 40, f"the sender did not keep up: {rate:.0f} packets/s"
            late = await _latencies(engine, lambda one: mix.join(one, SeatPlan()), probes)
        finally:
            sender.kill()
            await sender.wait()
            await engine.close()
    return share, sorted(late)


def run(*, quick: bool = False) -> list[Figure]:
    """Measure."""
    figures: list[Figure] = []
    for room in ROOMS:
        if not is_usable(all_codecs()[room.codec]):
            continue
        share, late = asyncio.run(
            _measure(room, seconds=2 if quick else 8, probes=20 if quick else PROBES)
        )
        each = share / room.members
        name = f"{room.codec}, {room.members} in it, {room.talkers} talk"
        figures += [
            Figure(f"{name}: core a member", each, "%", target=room.target, original=room.original,
                   lowest=each, highest=each, more_is_better=False),
            Figure(f"{name}: latency p50", 1000 * late[len(late) // 2], "ms",
                   lowest=1000 * late[0], highest=1000 * late[-1], more_is_better=False),
            Figure(f"{name}: latency p99", 1000 * late[int(len(late) * 0.99)], "ms",
                   target=25, lowest=1000 * late[0], highest=1000 * late[-1],
                   more_is_better=False),
        ]  # fmt: skip
    return figures


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what conferences cost.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args()
    figures = run(quick=chosen.quick)
    print(as_json(figures) if chosen.json else as_table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
