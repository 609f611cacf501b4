"""What recordings cost: bridged calls that are passed on, then recorded besides, mixed.

The calls run in this process, on the real engine; the packets of their parties come from another
process, so that what is measured is the engine and the writer of files alone.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.figures import Figure, as_json, as_table
from switchroom.media.api import MonitorPlan, Stream, StreamPlan
from switchroom.media.engine.engine import Engine

CALLS = 100
FIRST_PORT = 46000

#: Sends a packet of ulaw to each port, 50 times a second, until it is killed.
SENDER = """
import socket, struct, sys, time
ports = [int(port) for port in sys.argv[1:]]
sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in ports]
for number, port in enumerate(ports):
    sockets[number].connect(("127.0.0.1", port))
voice = bytes((at * 7919) % 251 for at in range(160))
due, count = time.monotonic(), 0
while True:
    for number, each in enumerate(sockets):
        header = struct.pack("!BBHII", 0x80, 0, count & 0xFFFF, count * 160 & 0xFFFFFFFF, number)
        try:
            each.send(header + voice)
        except OSError:
            pass
    count += 1
    due += 0.02
    time.sleep(max(0.0, due - time.monotonic()))
"""


async def _cpu_share(seconds: float) -> float:
    """Per cent of a core that this process used meanwhile."""
    before, began = _cpu(), time.monotonic()
    await asyncio.sleep(seconds)
    return 100 * (_cpu() - before) / (time.monotonic() - began)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _measure(folder: Path, *, rounds: int, seconds: float) -> list[tuple[float, float]]:
    engine = Engine(first_port=FIRST_PORT, last_port=FIRST_PORT + 4 * CALLS + 99)
    plan = StreamPlan("PCMU", 0)
    streams: list[Stream] = [
        await engine.open_stream("127.0.0.1", plan, lambda _: None) for _ in range(2 * CALLS)
    ]
    for one, two in zip(streams[::2], streams[1::2], strict=True):
        engine.connect(one, two)
    ports = [str(stream.local_address[1]) for stream in streams]
    sender = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, *ports)
    shares = []
    try:
        await asyncio.sleep(1)
        for number in range(rounds):
            relayed = await _cpu_share(seconds)
            monitors = [
                stream.start_monitor(MonitorPlan(folder / f"{number}-{at}.wav"))
                for at, stream in enumerate(streams[::2])
            ]
            await asyncio.sleep(1)
            recorded = await _cpu_share(seconds)
            lengths = [await monitor.stop() for monitor in monitors]
            assert min(lengths) > seconds, f"a recording of {min(lengths)} s"
            heard = (folder / f"{number}-0.wav").read_bytes()[-16000:]
            assert any(heard), "a recording is silent"
            shares.append((relayed, recorded))
    finally:
        sender.kill()
        await sender.wait()
        await engine.close()
    return shares


def run(*, quick: bool = False) -> list[Figure]:
    """Measure."""
    with tempfile.TemporaryDirectory(prefix="swb") as name:
        shares = asyncio.run(
            _measure(Path(name), rounds=1 if quick else 3, seconds=2 if quick else 5)
        )
    more = sorted(recorded - relayed for relayed, recorded in shares)
    relayed = sorted(share for share, _ in shares)
    middle = len(more) // 2
    return [
        Figure(f"core that passes {CALLS} calls on", relayed[middle], "%",
               lowest=relayed[0], highest=relayed[-1], more_is_better=False),
        Figure(f"core that records {CALLS} calls, mixed, besides", more[middle], "%", target=10,
               lowest=more[0], highest=more[-1], more_is_better=False),
    ]  # fmt: skip


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what recordings cost.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args()
    figures = run(quick=chosen.quick)
    print(as_json(figures) if chosen.json else as_table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
