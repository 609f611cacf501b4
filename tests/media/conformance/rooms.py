"""Conferences."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    PlaybackEnd,
    SeatPlan,
)
from tests.media.conformance.stage import LONG, SHORT, Stage, call


async def check_a_party_is_in_at_most_one_room_and_then_connected(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        first, second = stage.engine.open_mix(), stage.engine.open_mix(highest_rate=8000)
        stage.engine.connect(one.stream, two.stream)
        first.join(one.stream, SeatPlan())
        assert one.stream.is_connected
        assert not two.stream.is_connected
        second.join(one.stream, SeatPlan(talks=False))
        first.leave(one.stream)
        assert one.stream.is_connected
        second.close()
        assert not one.stream.is_connected
        assert first.sample_rate == 8000


async def check_a_call_takes_a_party_out_of_its_room(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        room = stage.engine.open_mix()
        room.join(one.stream, SeatPlan())
        stage.engine.connect(one.stream, two.stream)
        stage.engine.disconnect(one.stream, two.stream)
        assert not one.stream.is_connected


async def check_sounds_for_a_room_follow_each_other(stage: Stage) -> None:
    async with call(stage) as one:
        room = stage.engine.open_mix()
        room.join(one.stream, SeatPlan())
        loop = asyncio.get_running_loop()
        began_at = loop.time()
        async with asyncio.TaskGroup() as group:
            ends = [group.create_task(room.play(SHORT)) for _ in range(2)]
        assert [task.result() for task in ends] == [PlaybackEnd.FINISHED] * 2
        assert loop.time() - began_at >= 0.15
        room.close()
        assert await room.play(SHORT) is PlaybackEnd.CLOSED


async def check_the_end_of_a_room_ends_its_sound(stage: Stage) -> None:
    room = stage.engine.open_mix()
    async with asyncio.TaskGroup() as group:
        end = group.create_task(room.play(LONG))
        await asyncio.sleep(0.1)
        room.close()
    assert end.result() is PlaybackEnd.CLOSED


async def check_a_room_is_recorded(stage: Stage) -> None:
    async with call(stage) as one:
        room = stage.engine.open_mix()
        room.join(one.stream, SeatPlan())
        monitor = room.start_recording(stage.folder / "room.wav")
        await asyncio.sleep(0.5)
        assert 0.2 <= await monitor.stop() <= 5
        assert await monitor.stop() == 0.0
        assert (stage.folder / "room.wav").exists()
        with pytest.raises(MediaError):
            room.start_recording(stage.folder / "room.doc")
