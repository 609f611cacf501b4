import asyncio
import inspect

from tests.support.fakes import make_pbx, run_virtual


def test_work_that_is_cancelled_before_it_began_is_ended() -> None:
    async def main() -> str:
        async def work() -> None:
            raise AssertionError("never begun")

        waiting = work()
        async with make_pbx() as pbx:
            pbx.spawn(waiting, name="x").cancel()
        return inspect.getcoroutinestate(waiting)

    assert run_virtual(main()) == inspect.CORO_CLOSED


def test_a_call_that_fails_harms_no_other() -> None:
    done: list[str] = []

    async def main() -> None:
        async def fail() -> None:
            raise ValueError("a fault of ours")

        async def wait() -> None:
            await asyncio.sleep(5)
            done.append("waited")

        async with make_pbx() as pbx:
            pbx.spawn(fail(), name="x")
            pbx.spawn(wait(), name="y")

    run_virtual(main())
    assert done == ["waited"]


def test_ids_and_stamps_come_from_the_wall_clock_that_was_given() -> None:
    pbx = make_pbx()
    pbx.now = lambda: 86400.5
    assert pbx.next_unique_id() == "86400.0"
