"""AGI: commands for calls that wait in ``AGI(agi:async)``."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.apps.agi import AsyncCommands


@action("AGI", Privilege.AGI)
def give_command(request: Request) -> Reply:
    """Give a call a command; AsyncAGIExec tells what came of it."""
    name = request.required("Channel", "Channel not specified")
    command = request.required("Command", "Command not specified")
    channel = request.find(name, f"Channel {name} does not exist")
    if not channel.datastore(AsyncCommands).add(command, request.get("CommandID")):
        raise ActionError(f"Failed to add command to channel {channel.name}")
    return done("Added AGI command to queue")
