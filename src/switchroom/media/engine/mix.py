"""A conference of the engine, as the control side holds it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, cast

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    MediaEvent,
    Monitor,
    MonitorPlan,
    PlaybackEnd,
    SeatPlan,
    Sound,
    Stream,
)
from switchroom.media.engine.plan import TICK
from switchroom.media.engine.stream import EngineStream, native_gain

if TYPE_CHECKING:
    from switchroom.media.engine.engine import Engine

_ANNOUNCER = SeatPlan(hears=False)
_RECORDER = SeatPlan(talks=False)


def _ignore(event: MediaEvent) -> None:
    """Nobody is at the end of such a pipe."""


class EngineMix:
    """Fulfils :class:`~switchroom.media.api.Mix`.

    Announcements and recordings are the other ends of pipes whose first ends have seats.

    Args:
        engine: Whose room it is.
        highest_rate: Hertz.
    """

    def __init__(self, engine: Engine, highest_rate: int) -> None:
        self._engine = engine
        self._number = engine.pump.mixes.open(highest_rate)
        self._is_closed = False
        self._announcer: Stream | None = None
        self._pipes: list[Stream] = []
        self._turn = asyncio.Lock()
        self._last_rate = 8000

    @property
    def sample_rate(self) -> int:
        """Hertz, of the widest codec in it; after :meth:`close`, as it was then."""
        if not self._is_closed:
            self._last_rate = self._engine.pump.mixes.rate(self._number)
        return self._last_rate

    def join(self, stream: Stream, plan: SeatPlan) -> None:
        """Seat a party, or seat it otherwise."""
        one = cast("EngineStream", stream)
        if not (self._is_closed or one.is_closed):
            one.use()
            values = (
                plan.talks, plan.hears, native_gain(plan.talk_gain), native_gain(plan.listen_gain),
                plan.drops_silence, plan.talk_level, round(plan.silence / TICK), plan.buffers,
            )  # fmt: skip
            self._engine.pump.mixes.join(self._number, one.slot, values)

    def leave(self, stream: Stream) -> None:
        """Let a party go."""
        one = cast("EngineStream", stream)
        if not (self._is_closed or one.is_closed):
            self._engine.pump.mixes.leave(self._number, one.slot)

    def _open_seat(self, plan: SeatPlan) -> Stream:
        """Returns the end of a pipe whose other end is seated."""
        outer, inner = self._engine.open_pipe(_ignore, _ignore)
        self._pipes += (outer, inner)
        self.join(inner, plan)
        return outer

    async def play(self, sound: Sound) -> PlaybackEnd:
        """Play to all, one sound after the other."""
        async with self._turn:
            if self._is_closed:
                return PlaybackEnd.CLOSED
            if self._announcer is None:
                self._announcer = self._open_seat(_ANNOUNCER)
            return await self._announcer.play(sound)

    def start_recording(self, path: Path, *, append: bool = False, gain: float = 1.0) -> Monitor:
        """Record what is said.

        Raises:
            MediaError: The file cannot be written, its suffix is unknown, or the mix is closed.
        """
        if self._is_closed:
            raise MediaError(f"cannot record into {path}: the conference is over")
        outer = self._open_seat(_RECORDER)
        try:
            plan = MonitorPlan(said=path, append=append, said_gain=gain)
            return _RoomMonitor(self, outer, outer.start_monitor(plan))
        except MediaError:
            self.end_seat(outer)
            raise

    def end_seat(self, outer: Stream) -> None:
        """Close a pipe that has a seat."""
        at = self._pipes.index(outer) if outer in self._pipes else None
        if at is not None:
            for end in self._pipes[at : at + 2]:
                end.close()
            del self._pipes[at : at + 2]

    def close(self) -> None:
        """Let everybody go."""
        if self._is_closed:
            return
        self._last_rate = self.sample_rate
        self._is_closed = True
        for end in self._pipes:
            end.close()
        self._pipes.clear()
        self._engine.pump.mixes.close(self._number)
        self._engine.forget_mix(self)


class _RoomMonitor:
    """A recording that takes its seat with it when it ends."""

    def __init__(self, room: EngineMix, outer: Stream, monitor: Monitor) -> None:
        self._room = room
        self._outer = outer
        self._monitor = monitor

    def pause(self, *, paused: bool) -> None:
        """Leave out what is said from now on, or go on."""
        self._monitor.pause(paused=paused)

    def mute(self, *, said: bool, heard: bool) -> None:
        """Have silence instead of one direction; a room has but what is heard of it."""
        self._monitor.mute(said=said, heard=heard)

    async def stop(self) -> float:
        """End it, and wait until its file is whole; returns the seconds that it wrote."""
        duration = await self._monitor.stop()
        self._room.end_seat(self._outer)
        return duration
