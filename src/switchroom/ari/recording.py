"""Recording a channel's party, or all in a bridge, under the control of whoever asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from msgspec import UNSET

from switchroom.ari.errors import AriError
from switchroom.ari.hub import EventHub, bridge_topics, channel_topics
from switchroom.ari.media_uri import recordings_folder
from switchroom.ari.models.media_events import (
    RecordingFailed,
    RecordingFinished,
    RecordingStarted,
)
from switchroom.ari.models.recordings import LiveRecording
from switchroom.base.errors import MediaError
from switchroom.media.api import Monitor, MonitorPlan
from switchroom.media.files.writing import can_write
from switchroom.pbx.bridging.stasis_bridge import StasisBridge
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import DigitReceived
from switchroom.pbx.listening.talking import TalkWatch
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.recordings.calls import beep

ALL_KEYS = "0123456789*#ABCD"
MAX_NAME = 200  #: characters


class RecordingState(StrEnum):
    """Where a recording stands."""

    QUEUED = "queued"
    RECORDING = "recording"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True)
class RecordingOrder:
    """What is to be recorded."""

    name: str
    format: str
    path: Path
    limit: float = 0.0  #: seconds; 0: none
    silence: float = 0.0  #: seconds of silence that end it; 0: none do
    appends: bool = False
    beeps: bool = False
    keys: str = ""  #: any of these ends it


class Source(Protocol):
    """Who is recorded."""

    @property
    def uri(self) -> str:
        """``channel:1234.5``."""
        ...

    @property
    def topics(self) -> Sequence[str]:
        """What one has to hear of to hear of the recording."""
        ...

    @property
    def channels(self) -> Sequence[Channel]:
        """Those whose keys and talk count, as they are now."""
        ...

    async def begin(self, order: RecordingOrder) -> Monitor:
        """Begin.

        Raises:
            MediaError: The file cannot be written.
        """
        ...


class ChannelSource:
    """One channel's party."""

    def __init__(self, channel: Channel) -> None:
        self.channels = [channel]
        self.uri = f"channel:{channel.unique_id}"
        self.topics = channel_topics(channel)

    async def begin(self, order: RecordingOrder) -> Monitor:
        """See :class:`Source`."""
        stream = await self.channels[0].stream()
        return stream.start_monitor(MonitorPlan(said=order.path, append=order.appends))


class BridgeSource:
    """All in a bridge."""

    def __init__(self, bridge: StasisBridge) -> None:
        self._bridge = bridge
        self.uri = f"bridge:{bridge.id}"
        self.topics = bridge_topics(bridge.id)

    @property
    def channels(self) -> Sequence[Channel]:
        """See :class:`Source`."""
        return [each.channel for each in self._bridge.parties]

    async def begin(self, order: RecordingOrder) -> Monitor:
        """See :class:`Source`."""
        return self._bridge.mix().start_recording(order.path, append=order.appends)


class Recordings(dict[str, "Recording"]):
    """Those of a node that are being made, by their names; a datastore of the core."""


class Recording:
    """One; fulfils :class:`~switchroom.pbx.stasis.StasisWork`.

    Args:
        pbx: The core.
        hub: Tells of it.
        source: Who is recorded.
        order: How.
    """

    def __init__(self, pbx: Pbx, hub: EventHub, source: Source, order: RecordingOrder) -> None:
        self.state = RecordingState.QUEUED
        self.order = order
        self._pbx = pbx
        self._hub = hub
        self._source = source
        self._monitor: Monitor | None = None
        self._stopped = asyncio.Event()
        self._is_canceled = False
        self._duration: float | None = None
        self._cause = ""
        self._is_paused = self._is_muted = False
        pbx.datastore(Recordings)[order.name] = self

    def model(self) -> LiveRecording:
        """As it is told."""
        seconds = self._duration
        return LiveRecording(
            name=self.order.name,
            format=self.order.format,
            target_uri=self._source.uri,
            state=self.state.value,
            duration=round(seconds) if seconds is not None else UNSET,
            cause=self._cause or UNSET,
        )

    async def run(self) -> None:
        """See :class:`~switchroom.pbx.stasis.StasisWork`."""
        try:
            if self._stopped.is_set():
                return
            await self._begin()
            await self._record()
        except MediaError as error:
            self._cause = str(error)
        finally:
            await self._finish()

    async def _begin(self) -> None:
        if self.order.beeps:
            for channel in self._source.channels:
                await beep(channel)
        self._monitor = await self._source.begin(self.order)
        self._hold_back()
        self._tell(RecordingStarted(self._hub.now(), self.model()))

    async def _record(self) -> None:
        """Until it is stopped, a limit is reached, silence lasts, or a key is pressed."""
        unsubscribe = self._pbx.events.subscribe(DigitReceived, self._key)
        watches = [self._silent(each) for each in self._source.channels if self.order.silence]
        tasks = [self._pbx.spawn(each, name=f"silence of {self.order.name}") for each in watches]
        try:
            async with asyncio.timeout(self.order.limit or None):
                await self._stopped.wait()
        except TimeoutError:
            pass
        finally:
            unsubscribe()
            for task in tasks:
                task.cancel()

    def _key(self, event: DigitReceived) -> None:
        if event.digit in self.order.keys and any(
            channel.name == event.channel for channel in self._source.channels
        ):
            self._stopped.set()

    async def _silent(self, channel: Channel) -> None:
        async with TalkWatch(channel) as watch:
            silence = self.order.silence
            if await watch.stays(talking=False, seconds=silence, until=float(2**31)):
                self._stopped.set()

    async def _finish(self) -> None:
        monitor, self._monitor = self._monitor, None
        if monitor is not None:
            seconds = await monitor.stop()
            self._duration = seconds
        self._pbx.datastore(Recordings).pop(self.order.name, None)
        if self._is_canceled:
            self.state = RecordingState.CANCELED
            self.order.path.unlink(missing_ok=True)
        else:
            self.state = RecordingState.FAILED if monitor is None else RecordingState.DONE
        is_failed = self.state is RecordingState.FAILED
        kind = RecordingFailed if is_failed else RecordingFinished
        self._tell(kind(self._hub.now(), self.model()))

    def _tell(self, event: RecordingStarted | RecordingFinished | RecordingFailed) -> None:
        self._hub.tell(self._source.topics, event)

    def drop(self) -> None:
        """See :class:`~switchroom.pbx.stasis.StasisWork`."""
        self._pbx.datastore(Recordings).pop(self.order.name, None)
        self.state = RecordingState.CANCELED if self._is_canceled else RecordingState.FAILED
        self._tell(RecordingFailed(self._hub.now(), self.model()))

    # what is asked for

    def stop(self) -> None:
        """End it; what was recorded stays."""
        self._stopped.set()

    def cancel(self) -> None:
        """End it, and forget what was recorded."""
        self._is_canceled = True
        self._stopped.set()

    def pause(self, *, paused: bool) -> None:
        """Leave out what is said from now on, or go on."""
        self._is_paused = paused
        self._hold_back()

    def mute(self, *, muted: bool) -> None:
        """Have silence in the file instead of what is said from now on, or go on."""
        self._is_muted = muted
        self._hold_back()

    def _hold_back(self) -> None:
        if self._monitor is not None:
            self._monitor.pause(paused=self._is_paused)
            self._monitor.mute(said=self._is_muted, heard=self._is_muted)
            self.state = RecordingState.PAUSED if self._is_paused else RecordingState.RECORDING


_KEYS = {"none": "", "": "", "any": ALL_KEYS, "*": "*", "#": "#"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request asks for."""

    name: str
    format: str
    limit: int
    silence: int
    if_exists: str
    beeps: bool
    terminate_on: str


def make_order(pbx: Pbx, wanted: Wanted) -> RecordingOrder:
    """Check what is asked for.

    Raises:
        AriError: 400, 409 or 422: it cannot be.
    """
    keys = _KEYS.get(wanted.terminate_on.lower())
    if keys is None or wanted.if_exists not in {"fail", "overwrite", "append"}:
        raise AriError(400, "Invalid parameters")
    if wanted.limit < 0 or wanted.silence < 0:
        raise AriError(400, "Durations cannot be negative")
    path = recording_path(pbx, wanted.name, wanted.format)
    if path is None:
        raise AriError(400, "Invalid recording name")
    if not can_write(path.suffix):
        raise AriError(422, "The format specified is unknown on this system")
    if wanted.name in pbx.datastore(Recordings):
        raise AriError(409, "Recording is in progress already")
    if path.exists():
        if wanted.if_exists == "fail":
            raise AriError(409, "Recording exists already")
        if wanted.if_exists == "overwrite":
            path.unlink(missing_ok=True)
    return RecordingOrder(
        name=wanted.name,
        format=wanted.format,
        path=path,
        limit=float(wanted.limit),
        silence=float(wanted.silence),
        appends=wanted.if_exists == "append" and path.exists(),
        beeps=wanted.beeps,
        keys=keys,
    )


def recording_path(pbx: Pbx, name: str, suffix: str) -> Path | None:
    """Where a recording is; None where its name leads out of the folder, or is none."""
    if not name or len(name) > MAX_NAME or not name.isprintable() or name.endswith("/"):
        return None
    if not suffix.isalnum():
        return None
    folder = recordings_folder(pbx)
    path = folder / f"{name}.{suffix}"
    inside = path.resolve().is_relative_to(folder.resolve())
    return path if inside and ".." not in Path(name).parts else None
