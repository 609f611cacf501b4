"""System() and TrySystem(): run a command of the operating system."""

from __future__ import annotations

import asyncio

from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


async def _run(channel: Channel, command: str) -> int:
    process = await asyncio.create_subprocess_shell(
        command, stdin=asyncio.subprocess.DEVNULL, start_new_session=True
    )
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.kill()  # the call is over, and so is what it waited for
        raise


@application("System")
async def system(channel: Channel, command: Rest) -> None:
    """Run a shell command and wait for its end.

    Sets SYSTEMSTATUS: SUCCESS, APPERROR (it failed) or FAILURE (it could not be run).

    Args:
        channel: The channel.
        command: What the shell gets; put nothing into it that a caller keyed or sent.
    """
    try:
        code = await _run(channel, command)
    except OSError:
        channel.set_variable("SYSTEMSTATUS", "FAILURE")
        return
    channel.set_variable("SYSTEMSTATUS", "APPERROR" if code else "SUCCESS")


@application("TrySystem")
async def try_system(channel: Channel, command: Rest) -> None:
    """Run a shell command; as System(), whatever becomes of it.

    Args:
        channel: The channel.
        command: What the shell gets.
    """
    await system(channel, command)
