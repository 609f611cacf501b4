"""How fast the dialplan runs: loops on a channel, jumps among many extensions, loading.

The dialplan text is that of the measurements of the original Asterisk that the targets come from,
without its ``System()`` markers. A case runs on a channel with a fake driver, through the real
parser, interpreter, applications and functions, and is timed in CPU seconds of this process, so
what else the machine does counts little. Cases are interleaved; the medians are told.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import os
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import uvloop

import switchroom.apps
import switchroom.functions
from bench.figures import Figure, as_json, as_table
from switchroom.config.language.reader import parse_config
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.loading import DialplanLoader
from switchroom.dialplan.model import Dialplan
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import NewExtension
from tests.support.fakes import make_channel, make_pbx

TICK = 0.001  #: seconds between two looks at how late the loop is
PATTERN_SIZES = (10, 1_000, 10_000)  #: extensions in the contexts that are jumped into


@dataclass(frozen=True, slots=True)
class Case:
    """A loop of the dialplan."""

    name: str
    extension: str
    iterations: int
    priorities: int  #: executed in each iteration
    target: float | None  #: priorities a second
    original: float | None


def _loop(name: str, iterations: int, body: Sequence[str], before: Sequence[str] = ()) -> str:
    """An extension that runs ``body`` so many times."""
    counting = ["Set(i=$[${i} + 1])", f"GotoIf($[${{i}} < {iterations}]?loop)"]
    lines = [("", call) for call in ("Answer()", *before, "Set(i=0)")]
    for index, call in enumerate((*body, *counting)):
        label = "(next)" if call.startswith("@next ") else ""
        lines.append(("(loop)" if index == 0 else label, call.removeprefix("@next ")))
    lines.append(("", "Hangup()"))
    head, *others = (f"n{label},{call}" for label, call in lines)
    return "\n".join((f"exten => {name},1{head[1:]}", *(f" same => {line}" for line in others)))


def _targets(extensions: int, back: str) -> str:
    """A context with so many extensions, 70 % literal and 30 % patterns, that all lead back."""
    literals, patterns = extensions * 7 // 10, extensions * 3 // 10
    lines = [f"[big{extensions}]"]
    lines += [f"exten => {2000000 + 7 * i},1,Goto({back})" for i in range(literals)]
    lines += [f"exten => _{800000 + i}NXX,1,Goto({back})" for i in range(patterns)]
    return "\n".join(lines)


def _pattern_name(size: int) -> str:
    return f"Goto among {size:,} extensions"


def benchmark(scale: float) -> tuple[str, list[Case]]:
    """The configuration text and its cases."""

    def times(count: int) -> int:
        return max(10, int(count * scale))

    loops: list[tuple[Case, list[str], list[str]]] = [
        (
            Case("NoOp, Set, GotoIf", "basic", times(70_000), 3, 900_000, 186_000),
            ["NoOp(iteration ${i})"],
            [],
        ),
        (
            Case("18 NoOp, Set, GotoIf", "noop20", times(10_000), 20, 1_200_000, 246_000),
            [f"NoOp(line {k})" for k in range(18)],
            [],
        ),
        (
            Case("functions", "mix", times(25_000), 8, 400_000, 111_000),
            [
                "Set(a=${CUT(list,-,3)})",
                "Set(b=${IF($[${i} % 2]?odd:even)})",
                "Set(c=${LEN(${list})})",
                "Set(d=${MD5(${i}${list})})",
                'Set(e=${REGEX("^[0-9]+$" ${i})})',
                "Set(f=${FIELDQTY(list,-)})",
            ],
            ["Set(list=alpha-beta-gamma-delta-epsilon)"],
        ),
        (
            Case("Gosub, LOCAL, Return", "gosub", times(40_000), 6, 450_000, 132_000),
            ["Gosub(sub,s,1(${i},abc,def))", "NoOp(${GOSUB_RETVAL})"],
            [],
        ),
    ]
    contexts = [
        "[sub]\nexten => s,1,Set(LOCAL(x)=$[${ARG1} + 1]${ARG2})\n same => n,Return(${x})",
    ]
    for size in PATTERN_SIZES:
        literals, patterns = size * 7 // 10, size * 3 // 10
        case = Case(_pattern_name(size), f"pat{size}", times(20_000), 5, None, None)
        chosen = (
            f"${{IF($[${{RAND(0,9)}} < 7]?$[2000000 + ${{RAND(0,{literals - 1})}} * 7]"
            f":$[800000 + ${{RAND(0,{patterns - 1})}}]234)}}"
        )
        loops.append((case, [f"Goto(big{size},{chosen},1)", "@next NoOp(back ${i})"], []))
        contexts.append(_targets(size, f"bench,pat{size},next"))
    lines = [_loop(case.extension, case.iterations, body, pre) for case, body, pre in loops]
    return "\n".join(["[bench]", *lines, *contexts, ""]), [case for case, _, _ in loops]


def load(text: str) -> Dialplan:
    """Read, parse and index."""
    return parse_dialplan(parse_config(text, path=Path("extensions.conf")))


async def _run_once(interpreter: Interpreter, case: Case, *, listen: bool) -> float:
    """CPU seconds of one run."""
    heard = 0

    def hear(_: NewExtension) -> None:
        nonlocal heard
        heard += 1

    async with make_pbx(interpreter) as pbx:
        if listen:
            pbx.events.subscribe(NewExtension, hear)
        channel = make_channel(pbx, context="bench", extension=case.extension)
        began = time.process_time()
        await interpreter.run(channel)
        took = time.process_time() - began
        _check(channel, case)
        assert heard >= case.iterations * case.priorities or not listen
        channel.finish()
    return took


def _check(channel: Channel, case: Case) -> None:
    assert channel.variables["i"] == str(case.iterations), channel.variables


def _on_loop(work: Callable[[], Any]) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work())


def _spread(name: str, values: Sequence[float], unit: str, **more: Any) -> Figure:
    ordered = sorted(values)
    return Figure(
        name, statistics.median(ordered), unit, lowest=ordered[0], highest=ordered[-1], **more
    )


def _interpreter(dialplan: Dialplan) -> Interpreter:
    functions = collect_functions(switchroom.functions)
    return Interpreter(collect_applications(switchroom.apps), functions, dialplan)


def _loops(dialplan: Dialplan, cases: Iterable[Case], runs: int) -> list[Figure]:
    interpreter = _interpreter(dialplan)
    took: dict[tuple[str, bool], list[float]] = {}
    chosen = list(cases)
    for _ in range(runs):
        for case in chosen:
            for listen in (False, True):
                seconds = _on_loop(lambda c=case, li=listen: _run_once(interpreter, c, listen=li))
                took.setdefault((case.name, listen), []).append(seconds)
    figures: list[Figure] = []
    for case in chosen:
        for listen in (False, True):
            name = f"{case.name}, NewExtension heard" if listen else case.name
            values = took[case.name, listen]
            if case.extension.startswith("pat"):
                micro = [s / case.iterations * 1e6 for s in values]
                goal = {"target": 12.0, "original": 179.0} if case.extension == "pat10000" else {}
                more = {} if listen else goal
                figures.append(_spread(name, micro, "us/iteration", more_is_better=False, **more))
            else:
                rate = [case.iterations * case.priorities / s for s in values]
                more = {} if listen else {"target": case.target, "original": case.original}
                figures.append(_spread(name, rate, "priorities/s", **more))
    return figures


def _ratio(figures: Sequence[Figure]) -> Figure:
    """What a jump among the most extensions costs against one among the fewest."""
    by_name = {figure.name: figure.value for figure in figures}
    most, fewest = _pattern_name(PATTERN_SIZES[-1]), _pattern_name(PATTERN_SIZES[0])
    return Figure(
        "10,000 extensions against 10",
        by_name[most] / by_name[fewest],
        "times",
        target=1.2,
        original=179 / 43,
        more_is_better=False,
    )


def _first_visits(runs: int) -> Figure:
    """The same after a start, when each number is dialled for the first time."""
    text, cases = benchmark(0.2)
    dialplan = load(text)
    case = next(case for case in cases if case.name == _pattern_name(PATTERN_SIZES[-1]))
    took = []
    for _ in range(runs):
        fresh = _interpreter(dialplan)
        took.append(_on_loop(lambda i=fresh: _run_once(i, case, listen=False)))
    micro = [seconds / case.iterations * 1e6 for seconds in took]
    return _spread(f"{case.name}, first visits", micro, "us/iteration", more_is_better=False)


def _loading(runs: int) -> Figure:
    text = _targets(10_000, "bench,s,next") + "\n"
    took = []
    for _ in range(runs):
        began = time.process_time()
        load(text)
        took.append(time.process_time() - began)
    return _spread("load 10,000 extensions", took, "s", target=1.0, more_is_better=False)


async def _longest_gaps(reloads: int) -> list[float]:
    """For each of some reloads, how long the loop was held up at most, in milliseconds."""
    gaps: list[float] = []

    async def tick() -> None:
        loop = asyncio.get_running_loop()
        before = loop.time()
        while True:
            await asyncio.sleep(TICK)
            now = loop.time()
            gaps.append(now - before - TICK)
            before = now

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "extensions.conf").write_text(_targets(10_000, "bench,s,next") + "\n")
        loader = DialplanLoader(folder, folder / "good")
        interpreter = _interpreter(loader.load())
        longest = []
        async with asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(tick())
            for _ in range(reloads):
                await asyncio.sleep(0.05)
                gaps.clear()
                interpreter.replace(await loader.reload())
                await asyncio.sleep(0.05)
                longest.append(max(gaps) * 1e3)
            ticking.cancel()
    return longest


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """In the real-time class where that is allowed: other programs add no latency of theirs."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except OSError:
        yield
        return
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _reloading(reloads: int) -> Figure:
    with _undisturbed():
        gaps = _on_loop(lambda: _longest_gaps(reloads))
    return _spread(
        "loop held up by a reload of 10,000", gaps, "ms", target=20.0, more_is_better=False
    )


async def _octets_a_call(calls: int) -> float:
    """Memory of a call that waits: its channel, task, variables and position."""
    interpreter = _interpreter(load("[bench]\nexten => s,1,Set(a=1)\n same => n,Wait(600)\n"))
    async with make_pbx(interpreter) as pbx:
        first = make_channel(pbx, name="first", context="bench")
        pbx.start(first)
        await asyncio.sleep(0.01)
        tracemalloc.start()
        for number in range(calls):
            pbx.start(make_channel(pbx, name=f"Fake/{number}", context="bench"))
        await asyncio.sleep(0.1)
        gc.collect()
        octets, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return octets / calls


def _memory(calls: int) -> Figure:
    octets = _on_loop(lambda: _octets_a_call(calls))
    return Figure("memory of a waiting call", octets, "octets", more_is_better=False)


def run(*, quick: bool = False) -> list[Figure]:
    """Measure everything; ``quick`` is a short look."""
    text, cases = benchmark(0.1 if quick else 1.0)
    runs = 3 if quick else 7
    figures = _loops(load(text), cases, runs)
    more = [_first_visits(runs), _loading(runs), _reloading(runs), _memory(100 if quick else 1000)]
    return [*figures, _ratio(figures), *more]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the iterations")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args()
    figures = run(quick=options.quick)
    print(as_json(figures) if options.json else as_table(figures))


if __name__ == "__main__":
    main()
