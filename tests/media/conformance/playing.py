"""Sounds that a stream plays, in front and in the background."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    PlaybackEnd,
    Sound,
)
from tests.media.conformance.stage import LONG, SHORT, Stage, call, playing


async def check_a_playback_ends_by_itself(stage: Stage) -> None:
    loop = asyncio.get_running_loop()
    async with call(stage) as one:
        began_at = loop.time()
        assert await one.stream.play(SHORT) is PlaybackEnd.FINISHED
        assert loop.time() - began_at >= 0.06


async def check_nothing_to_play_is_finished_at_once(stage: Stage) -> None:
    async with call(stage) as one:
        assert await one.stream.play(Sound("empty", b"")) is PlaybackEnd.FINISHED


async def check_a_playback_can_be_stopped(stage: Stage) -> None:
    async with call(stage) as one, playing(one.stream, LONG) as task:
        one.stream.stop_playback()
        assert await task is PlaybackEnd.STOPPED
        one.stream.stop_playback()


async def check_another_sound_takes_the_place_of_the_first(stage: Stage) -> None:
    async with call(stage) as one, playing(one.stream, LONG) as task:
        assert await one.stream.play(SHORT) is PlaybackEnd.FINISHED
        assert await task is PlaybackEnd.STOPPED


async def check_who_lost_his_place_stops_nobody_else(stage: Stage) -> None:
    async with call(stage) as one, playing(one.stream, LONG) as first:
        async with playing(one.stream, SHORT) as second:
            first.cancel()
        assert second.result() is PlaybackEnd.FINISHED


async def check_a_cancelled_playback_stops(stage: Stage) -> None:
    async with call(stage) as one:
        async with playing(one.stream, LONG) as task:
            task.cancel()
        assert await one.stream.play(SHORT) is PlaybackEnd.FINISHED


async def check_closing_ends_a_playback(stage: Stage) -> None:
    async with call(stage) as one, playing(one.stream, LONG) as task:
        one.stream.close()
        assert await task is PlaybackEnd.CLOSED
        assert await one.stream.play(SHORT) is PlaybackEnd.CLOSED


# background


async def check_background_sounds_follow_each_other(stage: Stage) -> None:
    loop = asyncio.get_running_loop()
    async with call(stage) as one:
        began_at = loop.time()
        first = one.stream.play_background(SHORT)
        second = one.stream.play_background(SHORT)
        assert await second is PlaybackEnd.FINISHED
        assert first.result() is PlaybackEnd.FINISHED
        assert loop.time() - began_at >= 0.16


async def check_a_background_that_loops_goes_on_until_it_is_stopped(stage: Stage) -> None:
    async with call(stage) as one:
        ended = one.stream.play_background(SHORT, loop=True)
        await asyncio.sleep(0.4)
        assert not ended.done()
        one.stream.stop_background()
        assert await ended is PlaybackEnd.STOPPED
        one.stream.stop_background()


async def check_a_background_that_loops_gives_way_to_the_next(stage: Stage) -> None:
    async with call(stage) as one:
        looped = one.stream.play_background(SHORT, loop=True)
        next_one = one.stream.play_background(SHORT)
        assert await next_one is PlaybackEnd.FINISHED
        assert looped.result() is PlaybackEnd.FINISHED


async def check_a_sound_does_not_end_the_background(stage: Stage) -> None:
    async with call(stage) as one:
        background = one.stream.play_background(LONG)
        assert await one.stream.play(SHORT) is PlaybackEnd.FINISHED
        assert not background.done()
        one.stream.close()
        assert await background is PlaybackEnd.CLOSED


async def check_a_connection_ends_the_background(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        ended = one.stream.play_background(SHORT, loop=True)
        stage.engine.connect(one.stream, two.stream)
        assert await ended is PlaybackEnd.STOPPED
        held = one.stream.play_background(SHORT)
        assert await held is PlaybackEnd.FINISHED


async def check_a_background_has_an_end_of_its_queue(stage: Stage) -> None:
    async with call(stage) as one:
        for _ in range(8):
            one.stream.play_background(LONG)
        with pytest.raises(MediaError):
            one.stream.play_background(LONG)
        assert await one.stream.play_background(Sound("empty", b"")) is PlaybackEnd.FINISHED
