import asyncio
import threading
import time

import pytest

from switchroom.tools.simulate.virtual_loop import (
    MAX_TURNS,
    StandstillError,
    VirtualLoop,
    run_virtual,
)


def test_an_hour_costs_nothing() -> None:
    async def main() -> list[tuple[str, float]]:
        seen: list[tuple[str, float]] = []
        loop = asyncio.get_running_loop()

        async def agent(name: str, after: float) -> None:
            await asyncio.sleep(after)
            seen.append((name, loop.time()))

        async with asyncio.TaskGroup() as calls:
            calls.create_task(agent("b", 3600.0))
            calls.create_task(agent("a", 15.0))
        try:
            async with asyncio.timeout(30):
                await asyncio.Event().wait()
        except TimeoutError:
            seen.append(("timeout", loop.time()))
        return seen

    began = time.process_time()
    seen = run_virtual(main())
    assert [n for n, _ in seen] == ["a", "b", "timeout"]
    assert [round(t, 3) for _, t in seen] == [15.0, 3600.0, 3630.0]
    assert time.process_time() - began < 0.5


def test_a_deadlock_is_an_error_not_a_hang() -> None:
    async def main() -> None:
        await asyncio.Event().wait()

    runner = asyncio.Runner(loop_factory=VirtualLoop)
    with pytest.raises(StandstillError, match="deadlock"), runner:
        runner.run(main())


def test_a_thread_takes_no_virtual_time() -> None:
    async def main() -> tuple[str, float]:
        loop = asyncio.get_running_loop()
        let_go = threading.Event()
        timer = loop.call_later(5, let_go.set)  # would be due at once, were the clock to jump
        work = asyncio.gather(asyncio.to_thread(let_go.wait, 0.02), asyncio.sleep(0))
        (was_set, _) = await work
        timer.cancel()
        return f"set: {was_set}", loop.time()

    assert run_virtual(main()) == ("set: False", 0.0)


def test_what_runs_for_ever_in_one_instant_is_told_once_in_so_many_turns() -> None:
    told: list[str] = []

    async def main() -> None:
        for _ in range(2 * MAX_TURNS + 10):
            await asyncio.sleep(0)
        assert told == ["endless", "endless"]
        for _ in range(3):
            await asyncio.sleep(1)
            for _ in range(MAX_TURNS - 10):
                await asyncio.sleep(0)

    with asyncio.Runner(loop_factory=lambda: VirtualLoop(lambda: told.append("endless"))) as runner:
        runner.run(main())
    assert told == ["endless", "endless"]
