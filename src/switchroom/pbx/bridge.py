"""Two channels that hear each other."""

from __future__ import annotations

import asyncio

from switchroom.pbx.channel import Channel, Progress


async def bridge(first: Channel, second: Channel) -> None:
    """Join two answered channels until ``second`` hangs up.

    Runs in the task of ``first``: when that channel hangs up the wait is cancelled. Both channels
    are left as they are; whoever bridged them decides what becomes of them.
    """
    ended = asyncio.Event()

    def hear(progress: Progress) -> None:
        if progress is Progress.HUNG_UP:
            ended.set()

    unwatch = second.watch(hear)
    if second.is_hung_up:
        ended.set()
    engine = first.pbx.engine
    one, two = await first.stream(), await second.stream()
    engine.connect(one, two)
    try:
        await ended.wait()
    finally:
        unwatch()
        engine.disconnect(one, two)
