"""MixMonitor() and StopMixMonitor(): record both directions of a call.

Family: Sounds and digits
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.base.errors import BadArgumentsError, DialplanError, MediaError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import Rest, application
from switchroom.media.api import MonitorPlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.recordings.calls import CallRecordings, RecordingOrder, recording_path
from switchroom.pbx.recordings.naming import recording_name

MOST_STEPS = 4  #: of loudness either way
STEP = 2.0  #: factor of each


@dataclass(frozen=True, slots=True)
class MixMonitorOptions:
    """Option letters of MixMonitor."""

    append: bool = option("a", "Append to what the file has.")
    bridged: bool = option("b", "Only while the call is connected.")
    beep_interval: float = option(
        "B", "Let the caller hear a beep every so many seconds; 15 if none is given.",
        default=0.0, bare=15.0,
    )  # fmt: skip
    caller_id: bool = option("c", "Accepted because dialplans have it.")
    delete: bool = option("d", "Delete the file when the recording is over; for option m.")
    heard: int = option("v", "Make what the caller hears louder, by -4 to 4 steps.", default=0)
    spoken: int = option("V", "Make what the caller says louder, by -4 to 4 steps.", default=0)
    both: int = option("W", "Make both louder, by -4 to 4 steps.", default=0)
    receive: str = option("r", "Another file, of what the caller says alone.", default="")
    transmit: str = option("t", "Another file, of what the caller hears alone.", default="")
    interleaved: bool = option("D", "Both directions as two channels of a raw file.")
    no_silence: bool = option("n", "Accepted because dialplans have it; files are always in time.")
    id_variable: str = option("i", "A variable that gets the recording's id.", default="")
    beep_at_start: bool = option("p", "A beep before it.")
    beep_at_end: bool = option("P", "A beep when it is stopped.")
    mailbox: str = option("m", "Accepted because dialplans have it.", default="")
    seconds: float = option("s", "End it after so many seconds.", default=0.0)


@application("MixMonitor")
async def mix_monitor(
    channel: Channel,
    file: str,
    options: MixMonitorOptions = MixMonitorOptions(),
    command: Rest = "",
) -> None:
    """Record the call, both directions mixed, until it ends; the dialplan goes on at once.

    Any number of recordings may run at once. A file is whole up to its last second whatever becomes
    of the machine.

    Args:
        channel: The channel.
        file: Its suffix names the format; a relative one is below the spool's folder ``monitor``.
            It may be empty with the options r and t. ``.wav`` alone is called by ``name`` of
            recordings.conf.
        options: Option letters.
        command: Run by the shell when the file is whole; ``^{NAME}`` stands for a variable.

    Variables:
        MIXMONITOR_FILENAME: The file with its folder.

    Examples:
        MixMonitor(${UNIQUEID}.wav)
        Dial(PJSIP/100)
        ; each side for itself, converted at the end
        MixMonitor(,r(${UNIQUEID}-in.wav)t(${UNIQUEID}-out.wav)i(REC))
        MixMonitor(call.wav,b,/usr/local/bin/archive ^{MIXMONITOR_FILENAME})
    """
    file = file.strip()
    if file[:1] == "." and file[1:].isalnum():
        file = await recording_name(channel, "", file)
    order = _order(channel, file, options)
    if file:
        channel.set_variable("MIXMONITOR_FILENAME", str(order.files[0]))
    text = command.replace("^{", "${")
    run = await channel.pbx.dialplan.substitute(channel, text) if text.strip() else ""
    order = RecordingOrder(
        order.plan, run, options.delete, options.beep_interval, options.beep_at_start,
        options.beep_at_end, options.seconds,
    )  # fmt: skip
    try:
        name = await channel.datastore(CallRecordings).start(channel, order)
    except MediaError as error:
        raise DialplanError(f"MixMonitor: {error}") from error
    if options.id_variable:
        channel.set_variable(options.id_variable, name)


def _order(channel: Channel, file: str, options: MixMonitorOptions) -> RecordingOrder:
    names = (file, options.receive.strip(), options.transmit.strip())
    if not any(names):
        raise BadArgumentsError("MixMonitor: there is no file to record into")
    mixed, said, heard = (recording_path(channel, name) if name else None for name in names)
    plan = MonitorPlan(
        mixed, said, heard,
        append=options.append, interleaved=options.interleaved, only_connected=options.bridged,
        said_gain=_gain(options.spoken or options.both),
        heard_gain=_gain(options.heard or options.both),
    )  # fmt: skip
    return RecordingOrder(plan)


def _gain(steps: int) -> float:
    return STEP ** max(-MOST_STEPS, min(MOST_STEPS, steps))


@application("StopMixMonitor")
async def stop_mix_monitor(channel: Channel, id: str = "") -> None:  # noqa: A002  # its name in the help
    """End a recording that MixMonitor began.

    Args:
        channel: The channel.
        id: Which one, as option i of MixMonitor told; empty: the oldest that runs.

    Examples:
        MixMonitor(consent.wav)
        Wait(10)
        StopMixMonitor()
    """
    await channel.datastore(CallRecordings).stop(channel, id.strip())
