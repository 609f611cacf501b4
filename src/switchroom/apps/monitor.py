"""Monitor() and its like, for dialplans of before MixMonitor.

Family: Sounds and digits
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from switchroom.base.errors import DialplanError, MediaError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.dialplan.substitution import variable
from switchroom.media.api import MonitorPlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.recordings.calls import (
    CallRecording,
    CallRecordings,
    RecordingOrder,
    recording_path,
)
from switchroom.pbx.recordings.naming import recording_name


@dataclass(frozen=True, slots=True)
class MonitorOptions:
    """Option letters of Monitor."""

    mix: bool = option("m", "One file of both directions.")
    bridged: bool = option("b", "Only while the call is connected.")
    beep_interval: float = option(
        "B", "Let the caller hear a beep every so many seconds; 15 if none is given.",
        default=0.0, bare=15.0,
    )  # fmt: skip
    no_input: bool = option("i", "Without what the caller says.")
    no_output: bool = option("o", "Without what the caller hears.")


class _Monitored:
    """The one recording of Monitor that a channel may have."""

    def __init__(self) -> None:
        self.id = ""
        self.suffix = "wav"
        self.options = MonitorOptions()

    def recording(self, channel: Channel) -> CallRecording | None:
        """It, while it runs."""
        return channel.datastore(CallRecordings).running.get(self.id)


@application("Monitor")
async def monitor(
    channel: Channel,
    file_format: str = "wav",
    fname_base: str = "",
    options: MonitorOptions = MonitorOptions(),
) -> None:
    """Record the call into two files, one a direction; the dialplan goes on at once.

    MixMonitor is newer. The command in MONITOR_EXEC is run at the end with the files behind it.

    Args:
        channel: The channel.
        file_format: ``wav``, ``gsm``, ``ulaw`` …; what follows a colon is passed over.
        fname_base: The files are ``<base>-in`` and ``<base>-out``, or with option m ``<base>``; a
            relative one is below the spool's folder ``monitor``. Empty: by ``name`` of
            recordings.conf, or the channel's name.
        options: Option letters.

    Variables:
        MONITORED: true.
        MONITOR_FILENAME: The base with its folder.

    Examples:
        Monitor(wav,${UNIQUEID},m)
        Dial(PJSIP/100)
    """
    monitored = channel.datastore(_Monitored)
    if monitored.recording(channel) is not None:
        return
    monitored.suffix = file_format.partition(":")[0].strip() or "wav"
    monitored.options = options
    base = fname_base.strip()
    if not base:
        ending = f"{'' if options.mix else '-in'}.{monitored.suffix}"
        name = await recording_name(channel, channel.name.replace("/", "-"), ending)
        base = name.removesuffix(ending)
    await _start(channel, base)
    channel.set_variable("MONITORED", "true")


async def _start(channel: Channel, base: str) -> None:
    monitored = channel.datastore(_Monitored)
    options, suffix = monitored.options, monitored.suffix
    path = recording_path(channel, base)
    both, said, heard = (Path(f"{path}{part}.{suffix}") for part in ("", "-in", "-out"))
    if options.mix:
        plan = MonitorPlan(mixed=both)
    else:
        plan = MonitorPlan(
            said=None if options.no_input else said, heard=None if options.no_output else heard
        )
    order = RecordingOrder(
        replace(plan, only_connected=options.bridged), beep_interval=options.beep_interval
    )
    if command := variable(channel, "MONITOR_EXEC"):
        files = " ".join(shlex.quote(str(file)) for file in order.files)
        order = replace(order, command=f"{command} {files}")
    try:
        monitored.id = await channel.datastore(CallRecordings).start(channel, order)
    except MediaError as error:
        raise DialplanError(f"Monitor: {error}") from error
    channel.set_variable("MONITOR_FILENAME", str(path))


@application("StopMonitor")
async def stop_monitor(channel: Channel) -> None:
    """End what Monitor began.

    Examples:
        StopMonitor()
    """
    monitored = channel.datastore(_Monitored)
    if monitored.recording(channel) is not None:
        await channel.datastore(CallRecordings).stop(channel, monitored.id)


@application("ChangeMonitor")
async def change_monitor(channel: Channel, filename_base: str) -> None:
    """Go on with other files from now on.

    Args:
        channel: The channel.
        filename_base: As that of Monitor.

    Examples:
        Monitor(wav,first)
        Wait(5)
        ChangeMonitor(second)
    """
    if channel.datastore(_Monitored).recording(channel) is not None:
        await stop_monitor(channel)
        await _start(channel, filename_base.strip())


def _pause(channel: Channel, *, paused: bool) -> None:
    recording = channel.datastore(_Monitored).recording(channel)
    if recording is not None:
        recording.pause(paused=paused)


@application("PauseMonitor")
def pause_monitor(channel: Channel) -> None:
    """Leave out what is said from now on.

    Examples:
        PauseMonitor()
        Read(CARD,enter-card-number)
        UnpauseMonitor()
    """
    _pause(channel, paused=True)


@application("UnpauseMonitor")
def unpause_monitor(channel: Channel) -> None:
    """Go on to record.

    Examples:
        UnpauseMonitor()
    """
    _pause(channel, paused=False)
