"""Recordings of what a party says, and of both directions."""

from __future__ import annotations

import asyncio

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    MonitorPlan,
    RecordingEnded,
)
from tests.media.conformance.stage import Ear, Stage, call


async def check_a_recording_ends_by_silence(stage: Stage) -> None:
    async with call(stage) as one:
        path = stage.folder / "new" / "message.wav"
        one.stream.start_recording(path, max_silence=0.2, max_duration=30)
        ended = await one.ear.next(RecordingEnded)
        assert (ended.path, ended.reason) == (path, "silence")
        assert 0.2 <= ended.duration <= 1.0
        assert path.is_file()
        assert await one.stream.stop_recording() == 0.0


async def check_talk_puts_the_silence_off(stage: Stage) -> None:
    async with call(stage) as one:
        one.stream.start_recording(stage.folder / "message.wav", max_silence=0.3)
        await one.party.talk(0.4)
        ended = await one.ear.next(RecordingEnded)
        assert ended.reason == "silence"
        assert ended.duration >= 0.6


async def check_the_end_of_a_pipe_that_sends_nothing_is_not_silent(stage: Stage) -> None:
    ear = Ear()
    one, _ = stage.engine.open_pipe(ear, Ear())
    path = stage.folder / "message.wav"
    one.start_recording(path, max_silence=0.1, max_duration=0.3)
    assert await ear.next(RecordingEnded) == RecordingEnded(path, "limit", 0.3)
    one.close()


async def check_a_recording_ends_at_its_limit(stage: Stage) -> None:
    async with call(stage) as one:
        path = stage.folder / "message.ulaw"
        one.stream.start_recording(path, max_silence=30, max_duration=0.2)
        assert await one.ear.next(RecordingEnded) == RecordingEnded(path, "limit", 0.2)


async def check_a_recording_can_be_stopped(stage: Stage) -> None:
    async with call(stage) as one:
        assert await one.stream.stop_recording() == 0.0
        one.stream.start_recording(stage.folder / "message.sln", max_duration=0.5)
        await asyncio.sleep(0.1)
        assert 0.02 <= await one.stream.stop_recording() <= 0.5
        assert await one.stream.stop_recording() == 0.0
        await asyncio.sleep(0.6)
        assert one.ear.events == []  # what was stopped does not end by itself


async def check_a_recording_takes_the_place_of_another(stage: Stage) -> None:
    async with call(stage) as one:
        first, second = stage.folder / "first.alaw", stage.folder / "second.alaw"
        one.stream.start_recording(first, max_duration=0.1)
        one.stream.start_recording(second, max_duration=0.4)
        ended = await one.ear.next(RecordingEnded)
        assert ended == RecordingEnded(second, "limit", 0.4)
        assert first.is_file()


async def check_a_recording_that_cannot_be_written(stage: Stage) -> None:
    async with call(stage) as one:
        blocked = stage.folder / "file"
        blocked.write_bytes(b"")
        for wrong in (stage.folder / "message.xyz", stage.folder / "none", blocked / "a.wav"):
            with pytest.raises(MediaError):
                one.stream.start_recording(wrong)
        assert await one.stream.stop_recording() == 0.0


async def check_closing_ends_a_recording_quietly(stage: Stage) -> None:
    async with call(stage) as one:
        path = stage.folder / "message.wav"
        one.stream.start_recording(path, max_duration=0.2)
        one.stream.close()
        with pytest.raises(MediaError):
            one.stream.start_recording(path)
        await asyncio.sleep(0.4)
        assert one.ear.events == []
        assert path.is_file()


async def check_both_directions_can_be_recorded(stage: Stage) -> None:
    async with call(stage) as one:
        folder = stage.folder / "new"
        mixed, said, heard = folder / "mixed.wav", folder / "said.ulaw", folder / "heard.sln"
        monitor = one.stream.start_monitor(MonitorPlan(mixed, said, heard))
        second = one.stream.start_monitor(MonitorPlan(stage.folder / "second.wav"))
        await asyncio.sleep(0.2)
        assert 0.1 <= await monitor.stop() <= 2.0
        assert await monitor.stop() == 0.0
        monitor.pause(paused=True)
        assert all(path.is_file() for path in (mixed, said, heard))
        assert 0.1 <= await second.stop() <= 2.0
        assert one.ear.events == []


async def check_a_recording_of_both_directions_can_pause(stage: Stage) -> None:
    async with call(stage) as one:
        monitor = one.stream.start_monitor(MonitorPlan(stage.folder / "mixed.wav"))
        monitor.pause(paused=True)
        await asyncio.sleep(0.3)
        monitor.pause(paused=False)
        await asyncio.sleep(0.1)
        assert 0.02 <= await monitor.stop() <= 0.28
        monitor.mute(said=True, heard=True)


async def check_a_muted_direction_takes_its_time(stage: Stage) -> None:
    async with call(stage) as one:
        monitor = one.stream.start_monitor(MonitorPlan(stage.folder / "mixed.wav"))
        monitor.mute(said=True, heard=False)
        await asyncio.sleep(0.2)
        assert 0.1 <= await monitor.stop() <= 2.0


async def check_closing_ends_a_recording_of_both_directions(stage: Stage) -> None:
    async with call(stage) as one:
        monitor = one.stream.start_monitor(MonitorPlan(stage.folder / "mixed.wav"))
        one.stream.close()
        assert await monitor.stop() == 0.0
        with pytest.raises(MediaError):
            one.stream.start_monitor(MonitorPlan(stage.folder / "mixed.wav"))


async def check_both_directions_that_cannot_be_recorded(stage: Stage) -> None:
    async with call(stage) as one:
        for plan in (MonitorPlan(stage.folder / "mixed.xyz"), MonitorPlan()):
            with pytest.raises(MediaError):
                one.stream.start_monitor(plan)
