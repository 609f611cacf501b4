"""SHELL: what a command of the operating system says.

Family: Files, commands and the machine
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import from_octets
from switchroom.dialplan.escalation import escalates
from switchroom.dialplan.registry import Rest, function
from switchroom.dialplan.substitution import MAX_RESULT
from switchroom.pbx.channel import Channel
from switchroom.pbx.running_commands import RunningCommands


@function("SHELL")
@escalates
async def shell(channel: Channel, command: Rest) -> str:
    """What a shell command writes to its standard output, the line's end included.

    Args:
        channel: The channel.
        command: What the shell gets; put nothing into it that a caller keyed or sent.

    Examples:
        Set(x=${SHELL(printf hello)})
        Set(free=${TRIM(${SHELL(df --output=pcent / | tail -1)})})
    """
    running = channel.pbx.datastore(RunningCommands)
    try:
        end = await running.run(channel.pbx, command, keep=MAX_RESULT)
    except OSError as error:
        raise DialplanError(f"SHELL: {error}") from error
    return from_octets(end.output.partition(b"\0")[0])
