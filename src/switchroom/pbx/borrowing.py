"""Work that ends with a channel: on a dialled one, which has no task of its own, or for several."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from switchroom.pbx.channel import Channel, HangupError, Progress


class _Borrowed:
    """Of one channel."""

    def __init__(self) -> None:
        self.works = 0


def is_borrowed(channel: Channel) -> bool:
    """Whether a feature owns the channel for as long as its work with it lasts."""
    return channel.datastore(_Borrowed).works > 0


async def borrow(channel: Channel, work: Coroutine[Any, Any, None]) -> bool:
    """Run ``work`` until done, or until ``channel`` hangs up, which ends nothing but the work.

    Cancelled together with whoever waits here.

    Returns:
        Whether the channel is still there.
    """

    async def run() -> None:
        with contextlib.suppress(HangupError):  # of the channel: told by what is returned
            await work

    task = channel.pbx.spawn(run(), name=channel.name)
    task.add_done_callback(lambda _: work.close())  # cancelled before it began it would stay open

    def hear(progress: Progress) -> None:
        if progress is Progress.HUNG_UP:
            task.cancel()

    unwatch = channel.watch(hear)
    if channel.is_hung_up:
        task.cancel()
    borrowed = channel.datastore(_Borrowed)
    borrowed.works += 1
    try:
        await asyncio.wait({task})
    finally:
        borrowed.works -= 1
        unwatch()
        task.cancel()
    return not channel.is_hung_up
