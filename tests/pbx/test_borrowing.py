import asyncio
import inspect
from collections.abc import Coroutine
from typing import Any

from switchroom.pbx.borrowing import borrow, is_borrowed
from tests.support.fakes import make_channel, make_pbx, run_virtual


async def sleeps(done: list[str]) -> None:
    try:
        await asyncio.sleep(60)
    finally:
        done.append("cancelled")


def test_work_ends_with_the_channel_that_is_borrowed() -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            channel, done = make_channel(pbx), list[str]()
            asyncio.get_running_loop().call_later(5, channel.hangup)
            assert not await borrow(channel, sleeps(done))
            assert done == ["cancelled"]
            assert not is_borrowed(channel)

    run_virtual(main())


def test_work_on_a_channel_that_is_over_is_not_begun_and_not_left_open() -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            channel, done = make_channel(pbx), list[str]()
            channel.hangup()
            work: Coroutine[Any, Any, None] = sleeps(done)
            assert not await borrow(channel, work)
            assert done == []
            assert inspect.getcoroutinestate(work) == inspect.CORO_CLOSED

    run_virtual(main())
