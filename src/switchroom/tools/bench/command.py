"""``switchroom bench``: the command line."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from dataclasses import replace
from enum import IntEnum
from typing import Any, TextIO

from switchroom.tools.bench.calling import MakeEngine
from switchroom.tools.bench.crew import run_load
from switchroom.tools.bench.measuring import Tally
from switchroom.tools.bench.options import add_options, settings_of
from switchroom.tools.bench.report import Progress, as_values, describe, to_json, verdict_line
from switchroom.tools.bench.search import RateSearch
from switchroom.tools.bench.settings import BenchError, Kind, Settings
from switchroom.tools.bench.verdict import Verdict, judge

EPILOG = """\
The load is Switchroom's own SIP core and media engine, in processes of its own; it goes to this
machine only, unless you say that the other one is yours. Calls begin by the clock, not by how
quickly the server answers. Where the load itself was too slow, that is said instead of a figure.

examples:
  switchroom bench calls sip:600@127.0.0.1 --rate 50            50 calls a second for ten seconds
  switchroom bench calls sip:600@127.0.0.1 --rate 5 --hold 60   some 300 calls up at a time
  switchroom bench calls sip:600@127.0.0.1 --find               the highest rate that goes well
  switchroom bench audio sip:600@127.0.0.1 --calls 100          100 calls with audio at a time
  switchroom bench register sip:127.0.0.1 --users users.txt --rate 200
  switchroom bench calls sip:600@192.0.2.1 --yes-i-own-it --json

exit codes:
  0   clean: nothing failed, nothing had to be sent twice (--find: a limit was found)
  1   the server refused, lost, dropped or was late
  2   the command line makes no sense, or the server is not on this machine
  3   this side was the limit, or could not go on: nothing is known of the server's
  6   no answer at all
  130 interrupted
"""


class ExitCode(IntEnum):
    """What ``switchroom bench`` ends with."""

    CLEAN = 0
    FAILING = 1
    USAGE = 2
    SATURATED = 3
    NOBODY = 6
    INTERRUPTED = 130


_CODES = {
    Verdict.CLEAN: ExitCode.CLEAN,
    Verdict.FAILING: ExitCode.FAILING,
    Verdict.SATURATED: ExitCode.SATURATED,
    Verdict.NOBODY: ExitCode.NOBODY,
}


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    """Declare ``bench`` among the commands of ``switchroom``; returns its parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "bench",
        help="load a server of your own, and say what it takes",
        description="Load a SIP server of your own: calls, calls with audio, registrations.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_options(parser)
    return parser


def run(arguments: argparse.Namespace, *, make_engine: MakeEngine) -> int:
    """Run the load; returns the exit code.

    Args:
        arguments: Parsed by the parser of :func:`add_parser`.
        make_engine: Makes the media engine for a range of ports; called in other processes.
    """
    try:
        settings = settings_of(arguments, os.environ)
    except BenchError as error:
        _complain(error)
        return ExitCode.USAGE
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    bench = Bench(settings, make_engine, sys.stdout, Progress(sys.stderr))
    try:
        return bench.find() if settings.finds_limit else bench.measure()
    except BenchError as error:
        bench.progress.clear()
        _complain(error)
        return ExitCode.SATURATED
    except KeyboardInterrupt:
        bench.progress.clear()
        return ExitCode.INTERRUPTED


def _complain(error: BenchError) -> None:
    print(f"switchroom bench: {error}", file=sys.stderr)  # noqa: T201  # the command's answer


class Bench:
    """Runs loads and tells what they gave.

    Args:
        settings: What to do.
        make_engine: Makes the media engine.
        out: Gets the report.
        progress: Shows how far it is.
    """

    def __init__(
        self, settings: Settings, make_engine: MakeEngine, out: TextIO, progress: Progress
    ) -> None:
        self._settings = settings
        self._make_engine = make_engine
        self._out = out
        self.progress = progress

    def measure(self) -> ExitCode:
        """One run."""
        tally = self._run(self._settings)
        verdict = judge(tally)
        if self._settings.as_json:
            self._say(to_json(as_values(self._settings, tally)))
        else:
            self._say(f"{self._settings.load.kind} to {self._settings.load.target}")
            for line in (*describe(self._settings, tally), verdict_line(verdict)):
                self._say(line)
        return _CODES[verdict]

    def find(self) -> ExitCode:
        """Runs at rising rates, then between the last that went well and the first that did not."""
        settings = self._settings
        search = RateSearch(settings.load.rate, settings.highest_rate)
        tried: list[dict[str, Any]] = []
        verdict = Verdict.CLEAN
        while not search.is_over:
            at = _at_rate(settings, search.rate)
            tally = self._run(at)
            verdict = judge(tally)
            tried.append(as_values(at, tally))
            if not settings.as_json:
                self._say(f"{search.rate:>8.1f}/s    {verdict_line(verdict)[20:]}")
            if verdict is Verdict.NOBODY:
                break
            search.tried(is_clean=verdict is Verdict.CLEAN)
        seen = {each["verdict"] for each in tried}
        is_ours = Verdict.SATURATED in seen and Verdict.FAILING not in seen
        if settings.as_json:
            found = {"kind": settings.load.kind.value, "target": settings.load.target,
                     "highest_rate": round(search.highest, 3), "limited_by_this_side": is_ours,
                     "runs": tried}  # fmt: skip
            self._say(to_json(found))
        elif search.highest:
            self._say(f"highest rate that went well: {search.highest:.1f}/s")
            if is_ours:
                self._say("above it this side was too slow: the server may take more")
        if not search.highest:
            return _CODES[verdict]
        return ExitCode.SATURATED if is_ours else ExitCode.CLEAN

    def _run(self, settings: Settings) -> Tally:
        load = settings.load
        what = f"{load.count} calls" if load.kind is Kind.AUDIO else f"{load.rate:.1f}/s"

        def watch(passed: float, expected: float) -> None:
            self.progress.show(f"{what}: {passed:.0f} of {expected:.0f} s")

        tally = run_load(load, settings.workers, self._make_engine, watch)
        self.progress.clear()
        return tally

    def _say(self, line: str) -> None:
        self._out.write(f"{line}\n")
        self._out.flush()


def _at_rate(settings: Settings, rate: float) -> Settings:
    """The same for as long, at another rate."""
    load = settings.load
    count = max(round(load.count * rate / load.rate), 1)
    return replace(settings, load=replace(load, rate=rate, count=count))
