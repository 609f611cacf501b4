"""The processes of a load: started together, waited for, ended when they do not end."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from typing import Any

from switchroom.tools.bench.calling import MakeEngine
from switchroom.tools.bench.measuring import Tally
from switchroom.tools.bench.settings import BenchError, Load, shares
from switchroom.tools.bench.worker import work

START_PATIENCE = 15.0  #: seconds that a process may need to begin and to end
LOOK = 0.2  #: seconds between two looks at the clock, for who watches

Watch = Callable[[float, float], None]  #: told the seconds that passed, of how many


def run_load(load: Load, workers: int, make_engine: MakeEngine, watch: Watch) -> Tally:
    """Put a load onto the server; returns what all processes saw together.

    Raises:
        BenchError: A process could not do its share.
    """
    context = multiprocessing.get_context("spawn")
    crew: list[tuple[Any, Connection]] = []
    try:
        for share in shares(load, workers):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=work, args=(share, make_engine, theirs), daemon=True)
            process.start()
            theirs.close()
            crew.append((process, ours))
        return _collect([ours for _, ours in crew], _expected(load), watch)
    finally:
        for process, ours in crew:
            ours.close()
            process.join(1.0)
            if process.is_alive():
                process.terminate()
                process.join()


def _expected(load: Load) -> float:
    """Seconds that it takes where all goes well."""
    return load.count / load.rate + load.seconds


def _collect(waiting: list[Connection], expected: float, watch: Watch) -> Tally:
    whole = Tally()
    began_at = time.monotonic()
    patience = 2 * expected + 4 * START_PATIENCE
    while waiting:
        passed = time.monotonic() - began_at
        if passed > patience:
            raise BenchError("a process of the load does not end")
        watch(passed, expected)
        for ready in wait(waiting, LOOK):
            assert isinstance(ready, Connection)
            waiting.remove(ready)
            try:
                found = ready.recv()
            except EOFError:
                raise BenchError("a process of the load ended before its time") from None
            if not isinstance(found, Tally):
                raise BenchError(f"a process of the load cannot go on: {found}")
            whole.merge(found)
    return whole
