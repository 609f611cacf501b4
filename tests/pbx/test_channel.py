import asyncio

import pytest

from switchroom.media.api import Stream
from switchroom.pbx.channel import Channel, ChannelState, HangupError
from switchroom.pbx.events import ChannelHungUp, ChannelStateChanged, NewExtension, VariableSet
from switchroom.pbx.hangup_cause import HangupCause
from tests.support.fakes import fake_stream, make_channel, make_pbx, run_virtual


def told(channel: Channel) -> list[str]:
    return channel.driver.told  # type: ignore[attr-defined,no-any-return]  # FakeDriver's list


def test_answer_once() -> None:
    async def main() -> None:
        pbx = make_pbx()
        states: list[str] = []
        pbx.events.subscribe(ChannelStateChanged, lambda event: states.append(event.state))
        channel = make_channel(pbx)
        await channel.answer()
        await channel.answer()
        assert told(channel) == ["answer"]
        assert channel.state is ChannelState.UP
        assert states == ["Up"]

    run_virtual(main())


def test_hangup_without_a_task_releases_at_once() -> None:
    async def main() -> None:
        pbx = make_pbx()
        gone: list[ChannelHungUp] = []
        pbx.events.subscribe(ChannelHungUp, gone.append)
        channel = make_channel(pbx)
        channel.hangup(HangupCause.USER_BUSY)
        channel.hangup(HangupCause.NORMAL_CLEARING)
        assert told(channel) == ["hangup USER_BUSY"]
        assert pbx.channels == {}
        assert [event.cause for event in gone] == [17]
        with pytest.raises(HangupError):
            await channel.answer()

    run_virtual(main())


def test_hangup_cancels_what_the_task_waits_for() -> None:
    async def main() -> None:
        pbx = make_pbx()
        channel = make_channel(pbx)
        loop = asyncio.get_running_loop()

        async def work() -> None:
            channel.run_in(asyncio.current_task())  # type: ignore[arg-type]  # inside a task
            await channel.sleep(3600)

        async with asyncio.TaskGroup() as group:
            task = group.create_task(work())
            await asyncio.sleep(1)
            channel.hangup()
        assert task.cancelled()
        assert loop.time() == 1.0
        assert channel.is_hung_up
        assert not channel.is_finished  # its task's owner finishes it

    run_virtual(main())


@pytest.mark.parametrize(
    ("interrupt", "result", "seconds"), [("", "", 1.0), ("#", "", 1.0), ("0123456789", "5", 0.25)]
)
def test_play_ends_with_a_wanted_digit_only(interrupt: str, result: str, seconds: float) -> None:
    async def main() -> None:
        pbx = make_pbx()
        channel = make_channel(pbx)
        await channel.stream()
        loop = asyncio.get_running_loop()
        loop.call_later(0.25, fake_stream(channel).key, "5")
        assert await channel.play("hello", interrupt=interrupt) == result
        assert loop.time() == seconds
        assert not channel.digits

    run_virtual(main())


def test_digits_keyed_during_a_sleep_are_dropped_later_ones_are_read() -> None:
    async def main() -> None:
        pbx = make_pbx()
        channel = make_channel(pbx)
        await channel.stream()
        loop = asyncio.get_running_loop()
        loop.call_later(0.5, fake_stream(channel).key, "1")
        loop.call_later(1.5, fake_stream(channel).key, "2")
        await channel.sleep(1)
        assert await channel.read_digit(5.0) == "2"
        assert await channel.read_digit(5.0) is None
        assert loop.time() == 6.5

    run_virtual(main())


def test_variables_are_inherited_by_one_or_by_all_generations() -> None:
    async def main() -> None:
        pbx = make_pbx()
        seen: list[tuple[str, str]] = []
        first, second, third = (make_channel(pbx, name=f"Fake/{n}") for n in range(3))
        pbx.events.subscribe(VariableSet, lambda event: seen.append((event.name, event.value)))
        first.set_variable("plain", "0")
        first.set_variable("_once", "1")
        first.set_variable("__always", "2")
        second.inherit_variables(first)
        third.inherit_variables(second)
        assert second.variables == {"once": "1", "always": "2"}
        assert third.variables == {"always": "2"}
        assert seen == [("plain", "0"), ("once", "1"), ("always", "2")]

    run_virtual(main())


def test_a_position_is_announced_once() -> None:
    async def main() -> None:
        pbx = make_pbx()
        seen: list[tuple[str, int, str]] = []
        pbx.events.subscribe(
            NewExtension, lambda e: seen.append((e.extension, e.priority, e.application))
        )
        channel = make_channel(pbx)
        channel.announce("AppDial2", "(Outgoing Line)")
        channel.announce("Wait", "300")
        channel.priority = 2
        channel.announce("NoOp", "")
        assert seen == [("s", 1, "AppDial2"), ("s", 2, "NoOp")]
        assert (channel.application, channel.data) == ("NoOp", "")

    run_virtual(main())


def test_audio_that_opens_when_the_channel_is_over_is_closed() -> None:
    async def main() -> None:
        pbx = make_pbx()
        channel = make_channel(pbx)
        open_stream, opens = channel.driver.open_stream, asyncio.Event()

        async def open_later() -> Stream:
            await opens.wait()
            return await open_stream()

        channel.driver.open_stream = open_later  # type: ignore[method-assign]  # a slow driver
        async with asyncio.TaskGroup() as group:
            first, second = (group.create_task(stream_or_none(channel)) for _ in range(2))
            await asyncio.sleep(1)
            channel.hangup()
            opens.set()
        assert first.result() is second.result() is None
        assert [stream.closed for stream in pbx.engine.streams] == [True]  # type: ignore[attr-defined]  # a fake

    run_virtual(main())


async def stream_or_none(channel: Channel) -> Stream | None:
    try:
        return await channel.stream()
    except HangupError:
        return None
