"""What every media engine must do: each check takes a fresh stage and raises where it does not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol, TypeVar

import pytest

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    Address,
    DtmfBegan,
    DtmfEnded,
    MediaEngine,
    MediaEvent,
    MonitorPlan,
    PlaybackEnd,
    RecordingEnded,
    SeatPlan,
    Sound,
    SpyPlan,
    Stream,
    StreamPlan,
    TalkingBegan,
    TalkingEnded,
)

E = TypeVar("E")

PLAN = StreamPlan("PCMU", 0, telephone_event=101)
SHORT = Sound("short", bytes(2 * 800))  #: 0.1 s
LONG = Sound("long", bytes(2 * 8000 * 60))


class Ear:
    """A listener that keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[MediaEvent] = []
        self._heard = asyncio.Event()

    def __call__(self, event: MediaEvent) -> None:
        self.events.append(event)
        self._heard.set()

    async def next(self, kind: type[E], count: int = 1) -> E:
        """Wait for the ``count``-th event of a kind."""
        async with asyncio.timeout(10):
            while len(found := [e for e in self.events if isinstance(e, kind)]) < count:
                self._heard.clear()
                await self._heard.wait()
        return found[count - 1]

    @property
    def digits(self) -> str:
        return "".join(e.digit for e in self.events if isinstance(e, DtmfEnded))


class Party(Protocol):
    """Who is at the other end of a stream."""

    def bind(self, address: Address) -> None:
        """The stream was opened; this is where to send."""

    async def press(self, digit: str, duration: float) -> None:
        """Hold a key."""

    async def talk(self, duration: float) -> None:
        """Begin to say something that takes that long, and nothing behind it."""

    async def digits(self, count: int) -> str:
        """Wait for so many digits."""


class Stage(Protocol):
    """An engine, and parties for its streams."""

    @property
    def engine(self) -> MediaEngine: ...

    @property
    def folder(self) -> Path:
        """For recordings."""

    def party(self) -> AbstractAsyncContextManager[tuple[Party, StreamPlan]]:
        """Somebody to talk to, and the plan that reaches him."""


class Call:
    """A stream with somebody at the other end."""

    def __init__(self, stream: Stream, party: Party, ear: Ear, plan: StreamPlan) -> None:
        self.stream = stream
        self.party = party
        self.ear = ear
        self.plan = plan


@asynccontextmanager
async def call(stage: Stage) -> AsyncIterator[Call]:
    async with stage.party() as (party, plan):
        ear = Ear()
        stream = await stage.engine.open_stream("127.0.0.1", plan, ear)
        party.bind(stream.local_address)
        yield Call(stream, party, ear, plan)
        stream.close()


@asynccontextmanager
async def playing(stream: Stream, sound: Sound) -> AsyncIterator[asyncio.Task[PlaybackEnd]]:
    """A sound that has begun to play."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(stream.play(sound))
        await asyncio.sleep(0)
        yield task


# playback


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


# digits


async def check_a_key_is_reported_with_its_length(stage: Stage) -> None:
    async with call(stage) as one:
        await one.party.press("5", 0.2)
        await one.ear.next(DtmfEnded)
        assert one.ear.events == [DtmfBegan("5"), DtmfEnded("5", 0.2)]


async def check_digits_reach_the_party_in_order(stage: Stage) -> None:
    async with call(stage) as one:
        for digit in "1*D":
            one.stream.send_digit(digit, duration=0.05)
        assert await one.party.digits(3) == "1*D"
        assert one.ear.events == []


async def check_only_digits_are_sent(stage: Stage) -> None:
    async with call(stage) as one:
        for wrong in ("", "x", "12", "\u0661", "a"):
            with pytest.raises(MediaError):
                one.stream.send_digit(wrong)


async def check_connected_streams_pass_digits_on(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        stage.engine.connect(one.stream, two.stream)
        assert one.stream.is_connected
        await one.party.press("7", 0.1)
        assert await two.party.digits(1) == "7"
        await two.party.press("8", 0.1)
        assert await one.party.digits(1) == "8"
        assert one.ear.digits == "7"
        assert two.ear.digits == "8"


async def check_disconnected_streams_do_not(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        stage.engine.connect(one.stream, two.stream)
        stage.engine.disconnect(one.stream, two.stream)
        assert not one.stream.is_connected
        await one.party.press("7", 0.1)
        await one.ear.next(DtmfEnded)
        two.stream.send_digit("9")
        assert await two.party.digits(1) == "9"


async def check_a_new_connection_ends_the_old_one(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two, call(stage) as three:
        stage.engine.connect(one.stream, two.stream)
        stage.engine.connect(one.stream, three.stream)
        stage.engine.disconnect(one.stream, two.stream)  # they are not connected any more
        await one.party.press("7", 0.1)
        assert await three.party.digits(1) == "7"
        await two.party.press("8", 0.1)
        await two.ear.next(DtmfEnded)
        one.stream.send_digit("9")
        assert await one.party.digits(1) == "9"


# pipes


async def check_a_pipe_carries_digits(stage: Stage) -> None:
    ears = Ear(), Ear()
    one, two = stage.engine.open_pipe(*ears)
    assert one.local_address == two.local_address == ("", 0)
    one.send_digit("4", duration=0.1)
    await ears[1].next(DtmfEnded)
    assert ears[0].events == []
    assert ears[1].events == [DtmfBegan("4"), DtmfEnded("4", 0.1)]
    two.send_digit("6", duration=0.1)
    await ears[0].next(DtmfEnded)
    assert ears[0].digits == "6"


async def check_digits_go_through_pipes_between_two_calls(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        ears = Ear(), Ear()
        near, far = stage.engine.open_pipe(*ears)
        stage.engine.connect(one.stream, near)
        stage.engine.connect(far, two.stream)
        await one.party.press("3", 0.1)
        assert await two.party.digits(1) == "3"
        assert ears[1].digits == "3"


async def check_a_pipe_plays_at_the_speed_of_sound(stage: Stage) -> None:
    loop = asyncio.get_running_loop()
    one, _ = stage.engine.open_pipe(Ear(), Ear())
    began_at = loop.time()
    assert await one.play(SHORT) is PlaybackEnd.FINISHED
    assert loop.time() - began_at >= 0.06


async def check_one_end_of_a_pipe_outlives_the_other(stage: Stage) -> None:
    ears = Ear(), Ear()
    one, two = stage.engine.open_pipe(*ears)
    two.close()
    assert await one.play(SHORT) is PlaybackEnd.FINISHED
    for _ in range(200):
        one.send_digit("1")
    one.close()
    assert ears[1].events == []


# recordings


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


# recordings of both directions


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


# talking


async def check_talk_is_reported(stage: Stage) -> None:
    async with call(stage) as one:
        one.stream.detect_talking(enabled=True, silence=0.2)
        await one.party.talk(0.4)
        ended = await one.ear.next(TalkingEnded)
        assert one.ear.events == [TalkingBegan(), ended]
        assert 0.2 <= ended.duration <= 0.6


async def check_talk_is_not_reported_unasked(stage: Stage) -> None:
    async with call(stage) as one:
        await one.party.talk(0.2)
        one.stream.detect_talking(enabled=True)
        one.stream.detect_talking(enabled=False)
        assert one.ear.events == []


async def check_talk_that_is_watched_no_longer_has_ended(stage: Stage) -> None:
    async with call(stage) as one:
        one.stream.detect_talking(enabled=True)
        await one.party.talk(0.6)
        await one.ear.next(TalkingBegan)
        one.stream.detect_talking(enabled=False)
        await one.ear.next(TalkingEnded)


# conferences


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


# the life of a stream


async def check_a_closed_stream_takes_everything_calmly(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        stage.engine.connect(one.stream, two.stream)
        one.stream.close()
        one.stream.close()
        one.stream.update(replace(one.plan, codec="PCMA", payload_type=8))
        one.stream.stop_playback()
        one.stream.send_digit("1")
        one.stream.set_echo(enabled=True)
        one.stream.set_gains(said=0.0)
        one.stream.stop_background()
        assert await one.stream.play_background(SHORT) is PlaybackEnd.CLOSED
        stage.engine.listen_in(one.stream, two.stream, SpyPlan())
        stage.engine.listen_in(two.stream, one.stream, SpyPlan())
        stage.engine.stop_listening_in(one.stream)
        one.stream.detect_talking(enabled=True)
        assert await one.stream.stop_recording() == 0.0
        assert one.stream.statistics().packets_dropped == 0
        stage.engine.connect(one.stream, two.stream)
        stage.engine.disconnect(one.stream, two.stream)
        assert await two.stream.play(SHORT) is PlaybackEnd.FINISHED


async def check_the_address_is_that_of_the_host(stage: Stage) -> None:
    async with call(stage) as one:
        host, port = one.stream.local_address
        assert host == "127.0.0.1"
        assert port % 2 == 0
        assert 1024 <= port <= 65534


async def check_closing_the_engine_closes_its_streams(stage: Stage) -> None:
    async with call(stage) as one, playing(one.stream, LONG) as task:
        await stage.engine.close()
        assert await task is PlaybackEnd.CLOSED
        await stage.engine.close()


# who uses the audio


async def check_who_begins_to_use_the_audio_is_announced(stage: Stage) -> None:
    async with call(stage) as one, call(stage) as two:
        stage.engine.connect(one.stream, two.stream)
        assert one.stream.is_free
        used: list[str] = []
        one.stream.on_use = lambda: used.append("used")
        async with playing(one.stream, LONG):
            assert used == ["used"]
            assert not one.stream.is_free
            one.stream.stop_playback()
        monitor = one.stream.start_monitor(MonitorPlan(said=stage.folder / "use.wav"))
        assert len(used) == 2
        assert not one.stream.is_free
        await monitor.stop()
        assert one.stream.is_free
        stage.engine.listen_in(two.stream, one.stream, SpyPlan())
        assert len(used) == 3
        stage.engine.stop_listening_in(two.stream)
        one.stream.on_use = None
        one.stream.set_gains(said=2.0)
        assert len(used) == 3
        assert not one.stream.is_free
        one.stream.set_gains()
        assert one.stream.is_free


CHECKS: list[Callable[[Stage], Awaitable[None]]] = [
    check for name, check in sorted(globals().items()) if name.startswith("check_")
]
