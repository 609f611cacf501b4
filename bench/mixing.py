"""What a tick of a conference costs a member, in the media engine alone.

The engine is stepped in this process, and the time that its thread was on a core is counted: other
programs on the machine change little, so that two builds can be held against each other.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import statistics
import struct
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.figures import Figure, as_json, as_table
from switchroom.media.api import SeatPlan, StreamPlan
from switchroom.media.codecs.coding import open_coder
from switchroom.media.codecs.registry import all_codecs, is_usable
from tests.support.stepped_engine import TICK, SteppedEngine

FIRST_PORT = 46000
WARM_UP = 120  #: ticks, after which silent listeners share their packets


@dataclass(frozen=True, slots=True)
class Room:
    """One conference."""

    codec: str
    members: int
    talkers: int

    def __str__(self) -> str:
        return f"{self.codec}, {self.members} in it, {self.talkers} talk"


ROOMS = (
    Room("ulaw", 400, 400), Room("ulaw", 400, 4), Room("g722", 200, 200), Room("g722", 200, 4),
    Room("opus", 50, 50), Room("opus", 200, 4),
)  # fmt: skip


def _voice(codec: str) -> list[bytes]:
    """A second of quiet noise, coded."""
    kind, chance = all_codecs()[codec], random.Random(1)
    coder, frame = open_coder(kind), kind.sample_rate // 50
    samples = [[chance.randint(-8, 8) for _ in range(frame)] for _ in range(50)]
    return [coder.encode(struct.pack(f"<{frame}h", *each)) for each in samples]


async def _measure(room: Room, ticks: int) -> float:
    """Microseconds of a member and a tick."""
    kind, voice, spent = all_codecs()[room.codec], _voice(room.codec), 0.0
    engine = SteppedEngine(first_port=FIRST_PORT, last_port=FIRST_PORT + 4 * room.members + 99)
    mix = engine.open_mix()
    with ExitStack() as stack:
        phones = []
        for _ in range(room.members):
            phone = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            phone.bind(("127.0.0.1", 0))
            phone.setblocking(False)  # noqa: FBT003  # its name
            plan = StreamPlan(
                kind.name, kind.payload_type, remote=phone.getsockname(),
                clock_rate=kind.clock_rate,
            )  # fmt: skip
            stream = await engine.open_stream("127.0.0.1", plan, lambda _: None)
            phone.connect(stream.local_address)
            mix.join(stream, SeatPlan())
            phones.append(phone)
        for tick in range(WARM_UP + ticks):
            stamp = tick * kind.clock_rate // 50
            for number, phone in enumerate(phones[: room.talkers] if tick else phones):
                head = struct.pack("!BBHII", 0x80, kind.payload_type, tick, stamp, number)
                phone.send(head + voice[tick % 50])
            before = time.thread_time()
            engine.pump.step(round(tick * TICK * 1e6))
            spent += time.thread_time() - before if tick >= WARM_UP else 0.0
            for phone in phones:
                with suppress(BlockingIOError):
                    while True:
                        phone.recv(2048)
    await engine.close()
    return 1e6 * spent / ticks / room.members


def run(*, quick: bool = False) -> list[Figure]:
    """Measure each room a few times."""
    figures: list[Figure] = []
    for room in ROOMS:
        if is_usable(all_codecs()[room.codec]):
            runs = 1 if quick else 5
            each = [asyncio.run(_measure(room, 50 if quick else 150)) for _ in range(runs)]
            figures.append(
                Figure(f"{room}: a member and tick", statistics.median(each), "µs",
                       lowest=min(each), highest=max(each), more_is_better=False)
            )  # fmt: skip
    return figures


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what a tick of a conference costs.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args()
    figures = run(quick=chosen.quick)
    print(as_json(figures) if chosen.json else as_table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
