"""The figures of docs/performance.md: ``make bench``.

A real server on one core, the load on another; CPU is that of the whole server process.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import (
    dialplan,
    feeds,
    load,
    many_queues,
    queues,
    recording,
    server,
    signalling,
)
from bench.figures import Figure, as_json, as_table
from bench.server import Server

HELD_CALLS = 500
PLAYED_CALLS = 100
PACKETS_A_SECOND = 50  #: of each stream, at 20 ms a packet

Say = Callable[[str], None]


def starts(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """Start-up time and idle memory."""
    seconds: list[float] = []
    idle: list[float] = []
    with Server(folder):
        say("start 0")  # compiles all modules: an installation has done so
    for number in range(1 if quick else 5):
        say(f"start {number + 1}")
        with Server(folder) as node:
            seconds.append(node.seconds_to_start)
            time.sleep(0.5)
            idle.append(node.rss() / 2**20)
    return [
        _figure("start to the first answered OPTIONS", seconds, "s", target=0.8, original=1.06),
        _figure("RSS idle", idle, "MiB", target=80, original=87),
    ]


def held(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """Memory of a call that is up."""
    say(f"{HELD_CALLS} held calls")
    with Server(folder) as node:
        _warm(node, folder)
        before = node.rss()
        load_ = load.start(load.Load("held", "hold", 150, HELD_CALLS), node.port, folder)
        time.sleep(HELD_CALLS / 150 + 2)
        up = node.rss()
        outcome = load.finish(load_, folder)
        assert outcome.calls == HELD_CALLS, f"{outcome} with {HELD_CALLS} held calls"
    kib = (up - before) / HELD_CALLS / 1024
    return [_figure("RSS of a held call", [kib], "KiB", target=40, original=125)]


def played(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """CPU of an RTP packet that is played from a file."""
    say(f"{PLAYED_CALLS} calls that hear a prompt")
    prompt = folder / "data" / "sounds" / "en" / "bench-minute.wav"
    prompt.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(prompt), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * (60 * 8000 * 2 // 256))
    with Server(folder) as node:
        _warm(node, folder)
        load_ = load.start(load.Load("held", "play", 100, PLAYED_CALLS), node.port, folder)
        time.sleep(PLAYED_CALLS / 100 + 2)
        before, began = node.cpu(), time.monotonic()
        time.sleep(5)
        used, seconds = node.cpu() - before, time.monotonic() - began
        outcome = load.finish(load_, folder)
        assert outcome.calls == PLAYED_CALLS, f"{outcome} with {PLAYED_CALLS} calls"
    microseconds = used / (seconds * PACKETS_A_SECOND * PLAYED_CALLS) * 1e6
    return [_figure("CPU of an RTP packet played", [microseconds], "us")]


def _warm(node: Server, folder: Path) -> None:
    """What is made once for all calls is made before the measurement."""
    process = load.start(load.Load("called_hangs_up", "answer", 100, 200), node.port, folder)
    load.finish(process, folder)
    node.drained_cpu()


def _figure(
    name: str, values: list[float], unit: str, *, target: float | None = None,
    original: float | None = None, more_is_better: bool = False,
) -> Figure:  # fmt: skip
    return Figure(
        name, statistics.median(values), unit, target, original, min(values), max(values),
        more_is_better=more_is_better,
    )  # fmt: skip


def called(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """Calls, and what a flood of them does."""
    figures = signalling.measure(signalling.CALLS, folder, say, quick=quick)
    return figures + signalling.overload(folder, say, highest=figures[-1].value)


def dialled(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """Calls that are put through to somebody."""
    return signalling.measure(signalling.DIALLED, folder, say, quick=quick)


def registered(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """Registrations."""
    return signalling.measure(signalling.REGISTERED, folder, say, quick=quick)


def recorded(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """Recordings."""
    say("recordings")
    return recording.run(quick=quick)


def with_programs(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """Programs that take part in calls."""
    say("programs in calls")
    return feeds.run(quick=quick)


def in_the_dialplan(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """The dialplan's loops."""
    say("the dialplan")
    return dialplan.run(quick=quick)


def in_queues(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """The decisions of a queue."""
    say("queues")
    return queues.run(quick=quick) + many_queues.run(quick=quick)


PARTS: dict[str, Callable[..., list[Figure]]] = {
    "start": starts, "calls": called, "dial": dialled, "register": registered, "held": held,
    "played": played, "recordings": recorded, "dialplan": in_the_dialplan,
    "queues": in_queues, "programs": with_programs,
}  # fmt: skip


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure Switchroom on this machine.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--realtime", action="store_true", help="real-time class (root), on a busy machine"
    )
    parser.add_argument("--only", nargs="+", choices=[*PARTS], help="some parts of it")
    chosen = parser.parse_args()
    server.is_realtime = chosen.realtime

    def say(what: str) -> None:
        if sys.stderr.isatty():
            print(f"\x1b[K  … {what}", end="\r", file=sys.stderr, flush=True)

    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="swb") as name:
        for part, measure in PARTS.items():
            if not chosen.only or part in chosen.only:
                figures += measure(Path(name), say, quick=chosen.quick)
    print(as_json(figures) if chosen.json else as_table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
