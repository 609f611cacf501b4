"""One process of the load: it does its share, and tells what it saw."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from switchroom.base.errors import MediaError
from switchroom.tools.bench.agent import Agent
from switchroom.tools.bench.calling import Calls, MakeEngine
from switchroom.tools.bench.measuring import Tally
from switchroom.tools.bench.registering import Registrations
from switchroom.tools.bench.settings import Kind, Load


def work(load: Load, make_engine: MakeEngine, results: Connection) -> None:
    """Run in a process of its own.

    Args:
        load: Its share.
        make_engine: Makes the media engine for a range of ports.
        results: Gets the :class:`Tally`, or a text that says why there is none.
    """
    # Ctrl-C reaches all processes of a terminal; the first one ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.disable(logging.CRITICAL)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            results.send(runner.run(_work(load, make_engine)))
    except (OSError, MediaError) as error:
        results.send(str(error))
    results.close()


async def _work(load: Load, make_engine: MakeEngine) -> Tally:
    agent: Agent
    agent = Registrations(load) if load.kind is Kind.REGISTER else Calls(load, make_engine)
    await agent.open()
    cpu, began_at = time.process_time(), time.monotonic()
    try:
        await agent.run()
    finally:
        agent.close()
        if isinstance(agent, Calls):
            await agent.close_engine()
    seconds = time.monotonic() - began_at
    agent.tally.effort.cpu_share = (time.process_time() - cpu) / seconds
    return agent.tally


def _loop_factory() -> Callable[[], Any] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
