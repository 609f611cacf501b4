"""What programs in calls cost: phones that talk to programs over AudioSocket and WebSockets.

The engine runs in this process. Packets of the phones and frames of the programs come from another
one, which reads what it is sent and throws it away; what is measured is the engine alone.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.figures import Figure, as_json, as_table
from bench.recording import CALLS, FIRST_PORT
from switchroom.media.api import Stream, StreamPlan
from switchroom.media.engine.engine import Engine
from switchroom.media.feeds import Feed, FeedPlan, Framing

#: Sends a packet of ulaw to each port and a frame to each connection, 50 times a second.
WORLD = """
import socket, struct, sys, time
frame, port, count = bytes.fromhex(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
phones = []
for each in sys.argv[4:]:
    phones.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    phones[-1].connect(("127.0.0.1", int(each)))
programs = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
for each in programs:
    each.setblocking(False)
voice = bytes((at * 7919) % 251 for at in range(160))
due, number = time.monotonic(), 0
while True:
    for source, each in enumerate(phones):
        header = struct.pack("!BBHII", 0x80, 0, number & 0xFFFF, number * 160 & 0xFFFFFFFF, source)
        try:
            each.send(header + voice)
        except OSError:
            pass
    for each in programs:
        try:
            each.send(frame)
            each.recv(65536)
        except BlockingIOError:
            pass
    number += 1
    due += 0.02
    time.sleep(max(0.0, due - time.monotonic()))
"""

#: What a program says in 20 ms, as the world sends it; WebSockets with a key that changes nothing.
WAYS = {
    "AudioSocket, slin": (Framing.AUDIOSOCKET, "slin", b"\x10\x01\x40" + b"\x40\x1f" * 160),
    "WebSocket, ulaw": (Framing.WEBSOCKET, "ulaw", b"\x82\xfe\x00\xa0" + bytes(4) + b"\x9a" * 160),
    "WebSocket, slin16": (
        Framing.WEBSOCKET, "slin16", b"\x82\xfe\x02\x80" + bytes(4) + b"\x40\x1f" * 320,
    ),
}  # fmt: skip


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _share(seconds: float) -> float:
    """Per cent of a core that this process used meanwhile."""
    before, began = _cpu(), time.monotonic()
    await asyncio.sleep(seconds)
    return 100 * (_cpu() - before) / (time.monotonic() - began)


async def _measure(way: str, *, rounds: int, seconds: float) -> list[float]:
    framing, codec, frame = WAYS[way]
    engine = Engine(first_port=FIRST_PORT, last_port=FIRST_PORT + 4 * CALLS + 99)
    phones: list[Stream] = [
        await engine.open_stream("127.0.0.1", StreamPlan("PCMU", 0), lambda _: None)
        for _ in range(CALLS)
    ]
    ports = [str(phone.local_address[1]) for phone in phones]
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0), backlog=CALLS) as listening:
        listening.setblocking(False)  # noqa: FBT003  # as the library has it
        world = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORLD, frame.hex(), str(listening.getsockname()[1]),
            str(CALLS), *ports,
        )  # fmt: skip
        try:
            feeds: list[Feed] = []
            for phone in phones:
                program, _ = await loop.sock_accept(listening)
                plan = FeedPlan(framing, codec)
                feeds.append(engine.open_feed(program.detach(), plan, lambda _: None))
                engine.connect(phone, feeds[-1])
            await asyncio.sleep(1)
            shares = [await _share(seconds) for _ in range(rounds)]
            counted = [feed.statistics() for feed in feeds]
            assert min(each.packets_received for each in counted) > 40 * seconds, counted
            assert min(each.packets_sent for each in counted) > 40 * seconds, counted
        finally:
            world.kill()
            await world.wait()
            await engine.close()
    return sorted(shares)


def run(*, quick: bool = False) -> list[Figure]:
    """Measure."""
    rounds, seconds = (1, 2.0) if quick else (3, 5.0)
    figures = []
    for way in WAYS:
        shares = asyncio.run(_measure(way, rounds=rounds, seconds=seconds))
        figures.append(
            Figure(f"core for {CALLS} calls with programs: {way}", shares[len(shares) // 2], "%",
                   lowest=shares[0], highest=shares[-1], more_is_better=False)
        )  # fmt: skip
    return figures


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what programs in calls cost.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args()
    figures = run(quick=chosen.quick)
    print(as_json(figures) if chosen.json else as_table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
