"""Variables and functions."""

from __future__ import annotations

from switchroom.agi.registry import agi_command
from switchroom.agi.wire import Answer
from switchroom.dialplan.assignment import assign, is_function
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import find_channel


@agi_command("get variable", "<name>", when_dead=True)
async def get_variable(channel: Channel, name: str) -> Answer:
    """Reads a variable, or a function: 0 where it is not set."""
    if is_function(name):
        return Answer(1, await channel.pbx.dialplan.substitute(channel, f"${{{name}}}"))
    value = channel.pbx.dialplan.read_variable(channel, name)
    return Answer(1, value) if value or name in channel.variables else Answer(0)


@agi_command("get full variable", "<expression> [<channel>]", when_dead=True)
async def get_full_variable(channel: Channel, expression: str, name: str = "") -> Answer:
    """Substitutes a text, on this channel or another."""
    target = find_channel(channel.pbx, name) if name else channel
    if target is None:
        return Answer(0)
    return Answer(1, await channel.pbx.dialplan.substitute(target, expression))


@agi_command("set variable", "<name> <value>", when_dead=True)
async def set_variable(channel: Channel, name: str, value: str) -> Answer:
    """Sets a variable, or writes a function."""
    waiting = assign(channel, name, value)
    if waiting is not None:
        await waiting
    return Answer(1)
