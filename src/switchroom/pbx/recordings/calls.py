"""Recordings of calls, both directions: those of one channel, and what is done behind them."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.media.api import Monitor, MonitorPlan
from switchroom.pbx.events import MixMonitorBegan, MixMonitorEnded
from switchroom.pbx.running_commands import RunningCommands

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

_numbers = itertools.count(1)

SHORTEST_INTERVAL = 1.0  #: seconds between two beeps


@dataclass(frozen=True, slots=True)
class RecordingOrder:
    """What is to be recorded, and what is to become of it."""

    plan: MonitorPlan
    command: str = ""  #: run when the files are whole
    deletes: bool = False  #: the files, behind the command
    beep_interval: float = 0.0  #: seconds between beeps that the party hears; 0: none
    beeps_at_start: bool = False
    beeps_at_end: bool = False
    limit: float = 0.0  #: seconds after which it ends; 0: with the channel

    @property
    def files(self) -> tuple[Path, ...]:
        """All that are written."""
        plan = self.plan
        return tuple(path for path in (plan.mixed, plan.said, plan.heard) if path is not None)


@dataclass(slots=True)
class CallRecording:
    """One that runs."""

    id: str
    order: RecordingOrder
    monitor: Monitor
    task: asyncio.Task[None] | None = None  #: beeps, and ends it at its limit
    is_paused: bool = False
    mutes_said: bool = False
    mutes_heard: bool = False

    def pause(self, *, paused: bool) -> None:
        """Leave out what is said from now on, or go on."""
        self.is_paused = paused
        self.monitor.pause(paused=paused)

    def mute(self, *, said: bool | None = None, heard: bool | None = None) -> None:
        """Record silence instead of what the party says, or hears; None: as it was."""
        self.mutes_said = self.mutes_said if said is None else said
        self.mutes_heard = self.mutes_heard if heard is None else heard
        self.monitor.mute(said=self.mutes_said, heard=self.mutes_heard)


class CallRecordings:
    """Those of one channel, by ``channel.datastore(CallRecordings)``."""

    def __init__(self) -> None:
        self._running: dict[str, CallRecording] = {}
        self._is_bound = False

    @property
    def running(self) -> Mapping[str, CallRecording]:
        """By id, in the order in which they began."""
        return self._running

    async def start(self, channel: Channel, order: RecordingOrder) -> str:
        """Begin to record; returns an id.

        Raises:
            MediaError: A file cannot be written.
        """
        if order.beeps_at_start:
            await beep(channel)
        stream = await channel.stream()
        recording = CallRecording(f"0x{next(_numbers):x}", order, stream.start_monitor(order.plan))
        self._running[recording.id] = recording
        events = channel.pbx.events
        if events.wants(MixMonitorBegan):
            events.publish(MixMonitorBegan(channel.name, channel.unique_id))
        if not self._is_bound:
            self._is_bound = True
            channel.at_end(lambda: self._end_all(channel))
        if order.beep_interval or order.limit:
            work = self._accompany(channel, recording)
            recording.task = channel.pbx.spawn(work, name=f"recording of {channel.name}")
        return recording.id

    async def stop(self, channel: Channel, name: str = "") -> bool:
        """End one, or the oldest; what is to be done behind it goes on by itself.

        Returns:
            Whether there was one.
        """
        recording = self._running.get(name) if name else next(iter(self._running.values()), None)
        if recording is None:
            return False
        self._end(channel, recording)
        if recording.order.beeps_at_end and not channel.is_hung_up:
            await beep(channel)
        return True

    def _end_all(self, channel: Channel) -> None:
        for recording in tuple(self._running.values()):
            self._end(channel, recording)

    def _end(self, channel: Channel, recording: CallRecording) -> None:
        self._running.pop(recording.id, None)
        events = channel.pbx.events
        if events.wants(MixMonitorEnded):
            events.publish(MixMonitorEnded(channel.name, channel.unique_id))
        if recording.task is not None:
            recording.task.cancel()
        channel.pbx.spawn(self._finish(channel, recording), name=f"recording of {channel.name}")

    async def _finish(self, channel: Channel, recording: CallRecording) -> None:
        order = recording.order
        await recording.monitor.stop()
        if order.command:
            await channel.pbx.datastore(RunningCommands).run(channel.pbx, order.command)
        if order.deletes:
            for path in order.files:
                path.unlink(missing_ok=True)

    async def _accompany(self, channel: Channel, recording: CallRecording) -> None:
        order = recording.order
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + order.limit if order.limit else float("inf")
        interval = order.limit
        if order.beep_interval:
            interval = max(order.beep_interval, SHORTEST_INTERVAL)
        while (left := ends_at - loop.time()) > 0:
            await asyncio.sleep(min(interval, left))
            if order.beep_interval and loop.time() < ends_at:
                await beep(channel)
        recording.task = None
        self._end(channel, recording)


async def beep(channel: Channel) -> None:
    """Let the party hear a beep, if there is one."""
    try:
        sound = await channel.pbx.sounds.find("beep", language=channel.language)
    except MediaError as error:
        logger.warning("%s: no beep: %s", channel.name, error)
        return
    await (await channel.stream()).play(sound)


def recording_path(channel: Channel, name: str) -> Path:
    """Where a recording of that name is: a relative one below the spool's ``monitor``."""
    return channel.pbx.directories.astspooldir / "monitor" / name
