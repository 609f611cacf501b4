"""A conference in virtual time: who is in it, what is said to all, and how long that takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    Monitor,
    MonitorPlan,
    PlaybackEnd,
    SeatPlan,
    Sound,
    Stream,
)

if TYPE_CHECKING:
    from switchroom.tools.simulate.media import Hearing, SimulatedStream

OpenMonitor = Callable[[MonitorPlan], Monitor]


class SimulatedMix:
    """Fulfils :class:`~switchroom.media.api.Mix`; :attr:`seats` tells who sits how.

    Args:
        announcer: A stream in nobody's hands: what is said to all is played to it.
        open_monitor: Makes a recording in virtual time.
    """

    def __init__(self, announcer: SimulatedStream, open_monitor: OpenMonitor) -> None:
        self.seats: dict[SimulatedStream, SeatPlan] = {}
        self.played: list[str] = []
        self.recordings: list[Monitor] = []
        self.closed = False
        self._turn = asyncio.Lock()
        self._announcer = announcer
        self._open_monitor = open_monitor
        announcer.on_hearing = self.reach

    @property
    def sample_rate(self) -> int:
        """Nobody is heard; it is that of the narrowest codec."""
        return 8000

    def join(self, stream: Stream, plan: SeatPlan) -> None:
        """Seat a party, or seat it otherwise."""
        one = cast("SimulatedStream", stream)
        if self.closed or one.closed:
            return
        if one.mix is not self:
            one.part()
            one.mix = self
        self.seats[one] = plan

    def leave(self, stream: Stream) -> None:
        """Let a party go."""
        one = cast("SimulatedStream", stream)
        if one.mix is self:
            one.mix = None
            del self.seats[one]

    def reach(self, hearing: Hearing, *, source: SimulatedStream | None = None) -> None:
        """A sound is heard by all but its source."""
        for stream, plan in list(self.seats.items()):
            if stream is not source and plan.hears:
                stream.reach(hearing)

    async def play(self, sound: Sound) -> PlaybackEnd:
        """Let as much virtual time pass as the sound lasts, one after the other."""
        async with self._turn:
            if self.closed:
                return PlaybackEnd.CLOSED
            self.played.append(sound.name)
            return await self._announcer.play(sound)

    def start_recording(self, path: Path, *, append: bool = False, gain: float = 1.0) -> Monitor:
        """Keep how long it ran.

        Raises:
            MediaError: It is closed, or the suffix is unknown.
        """
        if self.closed:
            raise MediaError("the conference is over")
        monitor = self._open_monitor(MonitorPlan(mixed=path, append=append, said_gain=gain))
        self.recordings.append(monitor)
        return monitor

    def close(self) -> None:
        """Let everybody go."""
        self.closed = True
        for stream in list(self.seats):
            self.leave(stream)
        self._announcer.close()
