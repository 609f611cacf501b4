"""System() and TrySystem(): run a command of the operating system.

Family: Programs and logs
"""

from __future__ import annotations

from switchroom.base.errors import ApplicationFailedError
from switchroom.dialplan.registry import Rest, application
from switchroom.ops.commands import NOT_FOUND
from switchroom.pbx.channel import Channel
from switchroom.pbx.running_commands import RunningCommands


async def _run(channel: Channel, command: str) -> str:
    if command.startswith('"') and command.endswith('"'):
        command = command[1:-1]  # Asterisk: quotes around the whole command are taken away (22)
    running = channel.pbx.datastore(RunningCommands)
    try:
        end = await running.run(channel.pbx, command)
    except OSError:
        return "FAILURE"
    if end.code == NOT_FOUND:
        return "FAILURE"
    return "APPERROR" if end.code else "SUCCESS"


@application("System")
async def system(channel: Channel, command: Rest) -> None:
    """Run a shell command and wait for its end; a command that cannot be run ends the call.

    Args:
        channel: The channel.
        command: What the shell gets; put nothing into it that a caller keyed or sent.

    Variables:
        SYSTEMSTATUS: SUCCESS, APPERROR (it failed) or FAILURE (it could not be run).

    Examples:
        System(/usr/local/bin/open-door)
        NoOp(${SYSTEMSTATUS})
    """
    status = await _run(channel, command)
    channel.set_variable("SYSTEMSTATUS", status)
    if status == "FAILURE":
        raise ApplicationFailedError(f"System: {command[:80]!r} could not be run")


@application("TrySystem", goes_on=True)
async def try_system(channel: Channel, command: Rest) -> None:
    """Run a shell command and wait for its end; the dialplan goes on whatever becomes of it.

    Args:
        channel: The channel.
        command: What the shell gets; put nothing into it that a caller keyed or sent.

    Variables:
        SYSTEMSTATUS: SUCCESS, APPERROR (it failed) or FAILURE (it could not be run).

    Examples:
        TrySystem(test -e /var/spool/closed)
        ExecIf($["${SYSTEMSTATUS}" = "SUCCESS"]?Playback(vm-nobodyavail))
    """
    channel.set_variable("SYSTEMSTATUS", await _run(channel, command))
