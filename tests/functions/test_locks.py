import asyncio

from switchroom.pbx.channel import Channel
from switchroom.pbx.named_locks import PATIENCE, NamedLocks
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import lines_of, run_dialplan, value_of
from tests.support.fakes import make_channel, make_pbx, run_virtual


def test_one_channel() -> None:
    read = "${LOCK(a)}${LOCK(a)}${TRYLOCK(a)}${UNLOCK(a)}${UNLOCK(a)}${TRYLOCK(a)}"
    assert value_of(f"Set(R={read})") == "111101"


def test_waiting_until_the_holder_ends() -> None:
    def prepare(pbx: Pbx, _: Channel) -> None:
        holder = make_channel(pbx, name="Fake/holder-01")
        assert pbx.datastore(NamedLocks).try_to_take(holder, "a")
        asyncio.get_running_loop().call_later(60, holder.hangup)

    outcome = run_dialplan(lines_of("Set(R=${TRYLOCK(a)}${LOCK(a)})"), prepare=prepare)
    assert outcome["R"] == "01"
    assert outcome.seconds == 60


def test_who_holds_a_lock_does_not_wait_long_for_another() -> None:
    def prepare(pbx: Pbx, _: Channel) -> None:
        assert pbx.datastore(NamedLocks).try_to_take(make_channel(pbx, name="Fake/holder-01"), "a")

    outcome = run_dialplan(lines_of("Set(R=${LOCK(b)}${LOCK(a)})"), prepare=prepare)
    assert outcome["R"] == "10"
    assert outcome.seconds == 3


def test_in_the_order_of_waiting_and_nobody_who_has_gone() -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            locks = pbx.datastore(NamedLocks)
            channels = [make_channel(pbx, name=f"Fake/{n}-01") for n in range(4)]
            taken: list[int] = []

            async def take(number: int) -> None:
                assert await locks.take(channels[number], "a")
                taken.append(number)

            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(take(number)) for number in range(4)]
                await asyncio.sleep(1)
                tasks[1].cancel()
                await asyncio.sleep(1)
                assert taken == [0]
                assert locks.release(channels[0], "a")
                await asyncio.sleep(1)
                assert taken == [0, 2]
                channels[2].finish()
            assert taken == [0, 2, 3]
            assert not locks.release(channels[1], "a")

    run_virtual(main())


def test_a_lock_that_is_given_back_just_as_another_gives_up_waiting() -> None:
    async def main() -> None:
        async with make_pbx() as pbx:
            locks = pbx.datastore(NamedLocks)
            holder, other = (make_channel(pbx, name=f"Fake/{n}-01") for n in range(2))
            assert locks.try_to_take(holder, "a")
            assert locks.try_to_take(other, "b")
            # Its patience ends in the same round of the loop, and before.
            async with asyncio.TaskGroup() as group:
                task = group.create_task(locks.take(other, "a"))
                await asyncio.sleep(0)
                asyncio.get_running_loop().call_later(PATIENCE, locks.release, holder, "a")
            assert task.result() is False
            assert locks.try_to_take(other, "a")

    run_virtual(main())
