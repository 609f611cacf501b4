"""``core show codecs``, ``core show codec``, ``core show translation``."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

from switchroom.channels.sip.media.video import NAMES as VIDEO_NAMES
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.media.codecs.codec import Codec
from switchroom.media.codecs.coding import open_coder
from switchroom.media.codecs.registry import all_codecs, is_usable

LONGEST_MEASUREMENT = 60  #: seconds of audio
RESAMPLING = 300  #: microseconds for a second of audio, roughly
_KINDS = ("audio", "video", "image", "text")


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    kind: str
    name: str
    description: str


def _rows() -> list[_Row]:
    audio = [("audio", name, codec.description) for name, codec in all_codecs().items()]
    video = [("video", name, f"{known}, passed on") for name, known in VIDEO_NAMES.items()]
    return [_Row(number, *each) for number, each in enumerate((*audio, *video), 1)]


@command(
    "core show codecs",
    "core show codecs [audio|video|image|text]",
    complete=lambda _, arguments: () if arguments else _KINDS,
)
def show_codecs(_: CliContext, arguments: Arguments) -> str:
    """Show the codecs that calls may have.

    Audio is transcoded between any two; video is passed on as it comes.
    """
    wanted = arguments[0].lower() if arguments else ""
    if len(arguments) > 1 or wanted not in {"", *_KINDS}:
        raise UsageError
    head = (
        "Disclaimer: this command is for informational purposes only.\n"
        "\tIt does not indicate anything about your configuration.\n\n"
        f"{'ID':>8} {'TYPE':<9} {'NAME':<12} {'FORMAT':<16} DESCRIPTION\n{'-' * 96}\n"
    )
    return head + "".join(
        f"{row.number:8} {row.kind:<9} {row.name:<12} {row.name:<16} ({row.description})\n"
        for row in _rows()
        if wanted in {"", row.kind}
    )


@command("core show codec", "core show codec <number>")
def show_codec(_: CliContext, arguments: Arguments) -> str:
    """Show one codec by the number that ``core show codecs`` gives it."""
    if len(arguments) != 1 or not arguments[0].isdecimal():
        raise UsageError
    row = next((each for each in _rows() if each.number == int(arguments[0])), None)
    if row is None:
        raise CommandFailedError(f"Codec {arguments[0]} not found")
    return f"{row.number:11} {row.kind:<9} {row.name:<12} ({row.description})\n"


@command(
    "core show translation",
    "core show translation [recalc [<recalc seconds>]]",
    "core show translation paths [codec [sample_rate]]",
    complete=lambda _, arguments: () if arguments else ("recalc", "paths"),
)
async def show_translation(_: CliContext, arguments: Arguments) -> str:
    """Show what it costs to transcode between two codecs: microseconds for a second of audio.

    ``recalc`` measures it anew, on so many seconds of audio; ``paths`` shows over which steps.
    """
    match list(arguments):
        case []:
            return _matrix({name: codec.cost for name, codec in _usable().items()})
        case ["recalc"]:
            return _matrix(await asyncio.to_thread(_measure, 1))
        case ["recalc", seconds] if seconds.isdecimal() and int(seconds):
            longest = min(int(seconds), LONGEST_MEASUREMENT)
            return _matrix(await asyncio.to_thread(_measure, longest))
        case ["paths"]:
            return "".join(_paths(name) for name in _usable())
        case ["paths", name, *rest] if len(rest) < 2:
            return _paths(name)
        case _:
            raise UsageError


def _usable() -> dict[str, Codec]:
    return {name: codec for name, codec in all_codecs().items() if is_usable(codec)}


def _matrix(costs: dict[str, int]) -> str:
    codecs = _usable()
    width = max(map(len, codecs)) + 1
    head = (
        "         Translation times between formats (in microseconds) for one second of data\n"
        "          Source Format (Rows) Destination Format (Columns)\n\n"
    )
    title = " " * width + "".join(f"{name:>{width}}" for name in codecs) + "\n"
    lines = [
        f"{source:>{width}}"
        + "".join(f"{_cost(codecs, costs, source, to):>{width}}" for to in codecs)
        + "\n"
        for source in codecs
    ]
    return head + title + "".join(lines)


def _cost(codecs: dict[str, Codec], costs: dict[str, int], source: str, to: str) -> str:
    if source == to:
        return "-"
    is_resampled = codecs[source].sample_rate != codecs[to].sample_rate
    return str(costs[source] + costs[to] + (RESAMPLING if is_resampled else 0))


def _measure(seconds: int) -> dict[str, int]:
    """Half of what coding and decoding cost together, on noise: no codec makes short work of it."""
    found: dict[str, int] = {}
    for name, codec in _usable().items():
        coder = open_coder(codec)
        step = round(codec.sample_rate * max(codec.frame, 0.02))
        frames = [_noise(step, seed) for seed in range(8)]
        rounds = round(seconds * codec.sample_rate / step)
        began_at = time.thread_time()
        for number in range(rounds):
            coder.decode(coder.encode(frames[number % 8]), 8192)
        found[name] = round((time.thread_time() - began_at) / seconds * 1e6 / 2)
    return found


def _noise(count: int, seed: int) -> bytes:
    values: list[int] = []
    for _ in range(count):
        seed = (seed * 1664525 + 1013904223) % 2**32
        values.append((seed >> 20) - 2048)
    return b"".join(value.to_bytes(2, "little", signed=True) for value in values)


def _paths(name: str) -> str:
    codecs = _usable()
    source = codecs.get(name)
    if source is None:
        raise CommandFailedError(f"Source codec {name!r} is not found.")
    rate = source.sample_rate
    head = f'--- Translation paths SRC Codec "{name}" sample rate {rate} ---\n'
    return head + "".join(
        f"\t{name + ':' + str(rate):<12} To {to + ':' + str(codec.sample_rate):<12} : "
        f"{'->'.join(f'({step})' for step in _steps(name, source, to, codec))}\n"
        for to, codec in codecs.items()
        if to != name
    )


def _steps(name: str, source: Codec, to: str, codec: Codec) -> Sequence[str]:
    rates = (source.sample_rate, codec.sample_rate)
    linear = [f"slin@{rate}" for rate in dict.fromkeys(rates)]
    return [f"{name}@{rates[0]}", *linear, f"{to}@{rates[1]}"]
