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

from bench import dialplan, load, recording
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
    for number in range(1 if quick else 5):
        say(f"start {number + 1}")
        with Server(folder) as server:
            seconds.append(server.seconds_to_start)
            time.sleep(0.5)
            idle.append(server.rss() / 2**20)
    return [
        _figure("start to the first answered OPTIONS", seconds, "s", target=0.8, original=1.06),
        _figure("RSS idle", idle, "MiB", target=80, original=87),
    ]


def calls(folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """Answer and hang up: CPU a call, and the highest rate at which nothing is sent twice."""
    with Server(folder) as server:

        def run(rate: float, seconds: float) -> tuple[bool, float]:
            say(f"{rate:.0f} calls/s")
            before = server.drained_cpu()
            count = int(rate * seconds)
            load_ = load.start(
                "called_hangs_up", server.port, folder, extension="answer", rate=rate, calls=count
            )
            outcome = load.finish(load_, folder)
            used = server.drained_cpu() - before
            return outcome.is_clean and outcome.calls == count, used / count * 1000

        run(100, 2)  # what is made once is made now
        cost = [run(200, 3 if quick else 5)[1] for _ in range(1 if quick else 3)]
        highest, rate, step = 0.0, 400.0, 1.3
        while step > (1.25 if quick else 1.06):
            clean, _ = run(rate, 3 if quick else 6)
            if clean:
                highest = max(highest, rate)
                rate *= step
            else:
                rate = (highest or rate / step / step) * (1 + (step - 1) / 2)
                step = 1 + (step - 1) / 2
    return [
        _figure("CPU of a call (Answer, Hangup) at 200/s", cost, "ms", target=0.5, original=1.4),
        _figure("calls/s, none failed or sent twice", [highest], "/s", target=1500, original=735,
                more_is_better=True),
    ]  # fmt: skip


def held(folder: Path, say: Say) -> list[Figure]:
    """Memory of a call that is up."""
    say(f"{HELD_CALLS} held calls")
    with Server(folder) as server:
        _warm(server, folder)
        before = server.rss()
        load_ = load.start(
            "held", server.port, folder, extension="hold", rate=150, calls=HELD_CALLS
        )
        time.sleep(HELD_CALLS / 150 + 2)
        up = server.rss()
        outcome = load.finish(load_, folder)
        assert outcome.calls == HELD_CALLS, f"{outcome} with {HELD_CALLS} held calls"
    kib = (up - before) / HELD_CALLS / 1024
    return [_figure("RSS of a held call", [kib], "KiB", target=40, original=125)]


def played(folder: Path, say: Say) -> list[Figure]:
    """CPU of an RTP packet that is played from a file."""
    say(f"{PLAYED_CALLS} calls that hear a prompt")
    prompt = folder / "data" / "sounds" / "en" / "bench-minute.wav"
    prompt.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(prompt), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(range(256)) * (60 * 8000 * 2 // 256))
    with Server(folder) as server:
        _warm(server, folder)
        load_ = load.start(
            "held", server.port, folder, extension="play", rate=100, calls=PLAYED_CALLS
        )
        time.sleep(PLAYED_CALLS / 100 + 2)
        before, began = server.cpu(), time.monotonic()
        time.sleep(5)
        used, seconds = server.cpu() - before, time.monotonic() - began
        outcome = load.finish(load_, folder)
        assert outcome.calls == PLAYED_CALLS, f"{outcome} with {PLAYED_CALLS} calls"
    microseconds = used / (seconds * PACKETS_A_SECOND * PLAYED_CALLS) * 1e6
    return [_figure("CPU of an RTP packet played", [microseconds], "us")]


def _warm(server: Server, folder: Path) -> None:
    """What is made once for all calls is made before the measurement."""
    process = load.start(
        "called_hangs_up", server.port, folder, extension="answer", rate=100, calls=200
    )
    load.finish(process, folder)
    server.drained_cpu()


def _figure(
    name: str, values: list[float], unit: str, *, target: float | None = None,
    original: float | None = None, more_is_better: bool = False,
) -> Figure:  # fmt: skip
    return Figure(
        name, statistics.median(values), unit, target, original, min(values), max(values),
        more_is_better=more_is_better,
    )  # fmt: skip


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure Switchroom on this machine.")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    chosen = parser.parse_args()

    def say(what: str) -> None:
        if sys.stderr.isatty():
            print(f"\x1b[K  … {what}", end="\r", file=sys.stderr, flush=True)

    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="swb") as name:
        folder = Path(name)
        figures += starts(folder, say, quick=chosen.quick)
        figures += calls(folder, say, quick=chosen.quick)
        figures += held(folder, say)
        figures += played(folder, say)
    say("recordings")
    figures += recording.run(quick=chosen.quick)
    say("the dialplan")
    figures += dialplan.run(quick=chosen.quick)
    print(as_json(figures) if chosen.json else as_table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
