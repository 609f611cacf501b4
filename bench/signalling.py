"""What calls and registrations cost, how many a second go well, and what a flood does."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench import load
from bench.figures import Figure
from bench.server import Server

USERS = 1000
AFTER = 2.0  #: seconds after a flood, from which on all must be well
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of load."""

    name: str
    scenario: str
    extension: str
    start: float  #: the rate that the search begins at
    cost_target: float  #: ms of CPU
    cost_original: float
    rate_target: float
    rate_original: float
    users: int = 0
    answers: bool = False  #: somebody has to answer what the server dials


CALLS = Case("Answer, Hangup", "called_hangs_up", "answer", 1000, 0.5, 1.3, 1500, 735)
DIALLED = Case("Dial to a second endpoint", "caller_hangs_up", "dial", 600, 1.0, 2.1, 900, 440,
               answers=True)  # fmt: skip
REGISTERED = Case("REGISTER with digest", "registers", "x", 2000, 0.25, 0.27, 4000, 3400,
                  users=USERS)  # fmt: skip


class Run:
    """Puts loads of one case onto one server."""

    def __init__(self, case: Case, server: Server, say: Say) -> None:
        self._case = case
        self._server = server
        self._say = say

    def __call__(self, rate: float, seconds: float) -> tuple[bool, float]:
        """Whether all went well, and the milliseconds of CPU that one took."""
        case, server = self._case, self._server
        self._say(f"{case.name}: {rate:.0f}/s")
        before = server.drained_cpu()
        count = int(rate * seconds)
        # Who registers comes from elsewhere: this address is known as an endpoint's.
        users, host = (server.users, "127.0.0.2") if case.users else (None, "127.0.0.1")
        what = load.Load(case.scenario, case.extension, rate, count, host, users)
        process = load.start(what, server.port, server.folder)
        outcome = load.finish(process, server.folder)
        used = server.drained_cpu() - before
        return outcome.is_clean and outcome.calls == count, used / count * 1000


def measure(case: Case, folder: Path, say: Say, *, quick: bool) -> list[Figure]:
    """What one costs at the target's rate, and the highest rate at which nothing goes wrong."""
    with Server(folder, users=case.users) as server:
        callee = load.answering(server.callee, folder) if case.answers else None
        try:
            run = Run(case, server, say)
            run(100, 2)  # what is made once is made now
            cost = [run(case.start, 3 if quick else 5)[1] for _ in range(1 if quick else 3)]
            highest = _highest(run, case.start, quick=quick)
        finally:
            if callee is not None:
                callee.kill()
                callee.wait()
    return [
        Figure(
            f"CPU of {case.name} at {case.start:.0f}/s", statistics.median(cost), "ms",
            case.cost_target, case.cost_original, min(cost), max(cost), more_is_better=False,
        ),
        Figure(
            f"{case.name}: a second, none failed or sent twice", highest, "/s", case.rate_target,
            case.rate_original, highest, highest,
        ),
    ]  # fmt: skip


def _highest(run: Run, rate: float, *, quick: bool) -> float:
    highest, step = 0.0, 1.3
    while step > (1.25 if quick else 1.06):
        clean, _ = run(rate, 3 if quick else 6)
        if clean:
            highest = max(highest, rate)
            rate *= step
        else:
            rate = (highest or rate / step / step) * (1 + (step - 1) / 2)
            step = 1 + (step - 1) / 2
    return highest


def overload(folder: Path, say: Say, *, highest: float) -> list[Figure]:
    """Twice the rate that goes well: how much of it still does, and whether all is well after."""
    seconds = 4
    with Server(folder) as server:
        Run(CALLS, server, say)(100, 2)
        offered = 2 * highest
        say(f"a flood of {offered:.0f}/s")
        count = int(offered * seconds)
        began_at = time.monotonic()
        flood = load.Load("taken_or_refused", "answer", offered, count)
        process = load.start(flood, server.port, folder)
        outcome = load.finish(process, folder)
        passed = time.monotonic() - began_at
        time.sleep(AFTER)
        is_well, _ = Run(CALLS, server, say)(100, 2)
    taken = (outcome.calls - outcome.refused) / passed
    lost = count - outcome.calls
    return [
        Figure("of a flood of twice that: taken", 100 * taken / highest, "%", 90, None,
               100 * taken / highest, 100 * taken / highest),
        Figure("of a flood: neither taken nor refused", 100 * lost / count, "%", 0.1, None,
               100 * lost / count, 100 * lost / count, more_is_better=False),
        Figure("2 s after it: 100 calls/s go well", float(is_well), "", 1, None, float(is_well),
               float(is_well)),
    ]  # fmt: skip
