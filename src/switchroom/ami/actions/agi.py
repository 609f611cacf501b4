"""AGI: commands for calls that wait in ``AGI(agi:async)``."""

from __future__ import annotations

import re

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.ami.rights import may_start, refuse_escalating
from switchroom.apps.agi import MAX_WORDS, AsyncCommands
from switchroom.base.words import split_words

_FUNCTION = re.compile(r"([A-Za-z_]\w*)\(")


@action("AGI", Privilege.AGI)
def give_command(request: Request) -> Reply:
    """Give a call a command; AsyncAGIExec tells what came of it."""
    name = request.required("Channel", "Channel not specified")
    command = request.required("Command", "Command not specified")
    channel = request.find(name, f"Channel {name} does not exist")
    _refuse_what_escalates(request, command)
    if not channel.datastore(AsyncCommands).add(command, request.get("CommandID")):
        raise ActionError(f"Failed to add command to channel {channel.name}")
    return done("Added AGI command to queue")


def _refuse_what_escalates(request: Request, command: str) -> None:
    """Who may only give commands to calls reaches nothing beyond them by ``EXEC`` or a function.

    Raises:
        ActionError: He would.
    """
    if request.session.write & Privilege.SYSTEM:
        return
    words = split_words(command, MAX_WORDS)
    if len(words) > 1 and words[0].lower() == "exec" and not may_start(request, words[1]):
        raise ActionError(f"EXEC {words[1]} needs the class system")
    for name in _FUNCTION.findall(command):
        for writes in (False, True):
            refuse_escalating(request, name, writes=writes)
