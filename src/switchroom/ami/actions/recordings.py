"""Recordings of calls."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.base.errors import SwitchroomError
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import MixMonitorMuted
from switchroom.pbx.recordings.calls import CallRecordings


async def _run(channel: Channel, application: str, *arguments: str) -> None:
    try:
        waits = channel.pbx.dialplan.start_application(channel, application, ",".join(arguments))
        if waits is not None:
            await waits
    except SwitchroomError as error:
        raise ActionError(f"Could not start monitoring channel: {error}") from error


@action("MixMonitor", Privilege.SYSTEM)
async def mix_monitor(request: Request) -> Reply:
    """Record a call into a file."""
    channel = request.channel()
    before = set(channel.datastore(CallRecordings).running)
    await _run(
        channel, "MixMonitor", request.get("File"), request.get("options"), request.get("Command")
    )
    new = [each for each in channel.datastore(CallRecordings).running if each not in before]
    return done("", *(("MixMonitorID", each) for each in new[:1]))


@action("StopMixMonitor", Privilege.SYSTEM | Privilege.CALL)
async def stop_mix_monitor(request: Request) -> Reply:
    """End a recording that MixMonitor began."""
    channel = request.channel()
    if not await channel.datastore(CallRecordings).stop(channel, request.get("MixMonitorID")):
        raise ActionError("Could not stop monitoring channel")
    return done()


@action("MixMonitorMute", Privilege.SYSTEM | Privilege.CALL)
def mix_monitor_mute(request: Request) -> Reply:
    """Leave out of a recording what is said from now on, or go on.

    One direction alone (``read``: what the party says, ``write``: what it hears) is silent in the
    file; of both nothing is in it.
    """
    channel = request.channel()
    state = request.required("State", "No state specified")
    direction = request.get("Direction", "both").lower()
    if direction not in {"read", "write", "both"}:
        raise ActionError("Invalid direction specified. Must be read, write or both")
    if state not in {"0", "1"}:
        raise ActionError("Invalid state specified. Must be 0 or 1")
    wanted = request.get("MixMonitorID")
    running = channel.datastore(CallRecordings).running
    chosen = [each for name, each in running.items() if not wanted or name == wanted]
    if not chosen:
        raise ActionError("Cannot set mute flag: no recording runs")
    muted = state == "1"
    for each in chosen:
        if direction == "both":
            each.pause(paused=muted)
        if direction != "both" or not muted:
            each.mute(
                said=muted if direction != "write" else None,
                heard=muted if direction != "read" else None,
            )
    if request.pbx.events.wants(MixMonitorMuted):
        request.pbx.events.publish(
            MixMonitorMuted(channel.name, channel.unique_id, direction, state == "1")
        )
    return done()


@action("Monitor", Privilege.CALL)
async def monitor(request: Request) -> Reply:
    """Record both sides of a call, each into a file of its own."""
    channel = request.channel()
    name = request.get("File") or channel.name.replace("/", "-")
    options = "m" if request.action.is_true("Mix") else ""
    await _run(channel, "Monitor", request.get("Format", "wav"), name, options)
    return done("Started monitoring channel")


@action("StopMonitor", Privilege.CALL)
async def stop_monitor(request: Request) -> Reply:
    """End what Monitor began."""
    await _run(request.channel(), "StopMonitor")
    return done("Stopped monitoring channel")


@action("PauseMonitor", Privilege.CALL)
async def pause_monitor(request: Request) -> Reply:
    """Leave out what is said from now on."""
    await _run(request.channel(), "PauseMonitor")
    return done("Paused monitoring of the channel")


@action("UnpauseMonitor", Privilege.CALL)
async def unpause_monitor(request: Request) -> Reply:
    """Go on to record."""
    await _run(request.channel(), "UnpauseMonitor")
    return done("Unpaused monitoring of the channel")


@action("ChangeMonitor", Privilege.CALL)
async def change_monitor(request: Request) -> Reply:
    """Go on in a file of another name."""
    name = request.required("File", "No filename specified")
    await _run(request.channel(), "ChangeMonitor", name)
    return done("Changed monitor filename")
