"""Macro(), MacroExclusive(), MacroIf(), MacroExit(): the routines of dialplans up to 20.

Family: Flow of the dialplan
"""

from __future__ import annotations

import asyncio

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.frames import frames_of
from switchroom.dialplan.places import is_true, sides_of
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel

MAX_DEPTH = 7  #: macros within macros

_PLACE = ("MACRO_CONTEXT", "MACRO_EXTEN", "MACRO_PRIORITY", "MACRO_DEPTH", "MACRO_OFFSET")


class RunningMacros:
    """Those of one channel."""

    def __init__(self) -> None:
        self.depth = 0
        self.is_leaving = False  #: MacroExit() was executed in the innermost one


class MacroLocks(dict[str, asyncio.Lock]):
    """Of the macros that one channel at a time may run, by name; of the whole node."""


@application("Macro")
async def macro(channel: Channel, name: str, *arguments: str) -> None:
    """Run the context ``macro-name`` from its extension ``s`` on, and come back.

    Up to 20; Gosub() does the same and more.

    Args:
        channel: The channel.
        name: The macro, without ``macro-``.
        arguments: What it gets.

    Variables:
        ARG1, ARG2: The arguments, and so on, as the macro sees them.
        MACRO_CONTEXT, MACRO_EXTEN, MACRO_PRIORITY: Where the macro was called.
        MACRO_OFFSET: Set within the macro: how many priorities further on the call goes on.

    Examples:
        exten => s,1,Macro(ring,PJSIP/100)
        [macro-ring]
        exten => s,1,Dial(${ARG1},20)
    """
    context = f"macro-{name}"
    running = channel.datastore(RunningMacros)
    if running.depth >= MAX_DEPTH:
        raise DialplanError(f"Macro: {name} would be more than {MAX_DEPTH} macros deep")
    if not channel.pbx.dialplan.exists(channel, "s", 1, context):
        raise DialplanError(f"Macro: there is no extension s in {context}")
    place = (channel.context, channel.extension, channel.priority)
    hidden = _set_variables(channel, place, arguments, running.depth + 1)
    channel.context, channel.extension, channel.priority = context, "s", 1
    running.depth += 1
    try:
        await _run(channel, context, running)
    finally:
        running.depth -= 1
        offset = _restore_variables(channel, hidden)
        # Whoever jumped out of the macro goes on where he jumped to.
        jumped_out = channel.context != context
        if not jumped_out:
            channel.context, channel.extension, channel.priority = place
    further = place[2] + 1 + offset
    if jumped_out:
        channel.jumped = True
    elif offset and channel.pbx.dialplan.exists(channel, place[1], further, place[0]):
        channel.goto(*place[:2], further)


async def _run(channel: Channel, context: str, running: RunningMacros) -> None:
    depth = len(frames_of(channel))

    def goes_on() -> bool:
        in_a_routine = len(frames_of(channel)) > depth  # that the macro called
        return not running.is_leaving and (in_a_routine or channel.context == context)

    try:
        await channel.pbx.dialplan.run_inside(channel, goes_on)
    finally:
        running.is_leaving = False


def _set_variables(
    channel: Channel, place: tuple[str, str, int], arguments: tuple[str, ...], depth: int
) -> dict[str, str | None]:
    """Set the macro's variables; returns those that they hide."""
    values = dict(zip(_PLACE, (*map(str, place), str(depth), ""), strict=True))
    values |= {f"ARG{n}": argument for n, argument in enumerate(arguments, start=1)}
    number = len(arguments) + 1
    while f"ARG{number}" in channel.variables:  # the caller's further arguments are not its own
        values[f"ARG{number}"] = ""
        number += 1
    hidden = {name: channel.variables.get(name) for name in values}
    channel.variables.update(values)
    return hidden


def _restore_variables(channel: Channel, hidden: dict[str, str | None]) -> int:
    """Give back what the macro's variables hid; returns the offset that it left."""
    text = channel.variables.get("MACRO_OFFSET", "")
    for name, value in hidden.items():
        if value is None:
            channel.variables.pop(name, None)
        else:
            channel.variables[name] = value
    return (leading_int(text) or 0) if len(text) < 6 else 0


@application("MacroExclusive")
async def macro_exclusive(channel: Channel, name: str, *arguments: str) -> None:
    """Run a macro that only one channel at a time may be in.

    Args:
        channel: The channel.
        name: The macro, without ``macro-``.
        arguments: What it gets.

    Examples:
        exten => s,1,MacroExclusive(count)
         same => n,NoOp(${DB(count/calls)})
        [macro-count]
        exten => s,1,Set(DB(count/calls)=$[0${DB(count/calls)} + 1])
    """
    lock = channel.pbx.datastore(MacroLocks).setdefault(name, asyncio.Lock())
    async with lock:
        await macro(channel, name, *arguments)


@application("MacroIf")
async def macro_if(channel: Channel, condition: Rest) -> None:
    """Run one of two macros, by a condition.

    Args:
        channel: The channel.
        condition: ``condition?macro[,argument…][:macro[,argument…]]``.

    Examples:
        exten => s,1,MacroIf($[2 > 1]?day:night)
        [macro-day]
        exten => s,1,NoOp(good day)
        [macro-night]
        exten => s,1,NoOp(good night)
    """
    test, _, sides = condition.partition("?")
    first, second = sides_of(sides)
    name, *arguments = separate(first if is_true(test) else second) or [""]
    if name:
        await macro(channel, name, *arguments)


@application("MacroExit")
def macro_exit(channel: Channel) -> None:
    """Leave the macro as if it had come to its end.

    Examples:
        exten => s,1,Macro(short)
        [macro-short]
        exten => s,1,ExecIf(1?MacroExit())
         same => n,NoOp(not reached)
    """
    running = channel.datastore(RunningMacros)
    if running.depth == 0:
        raise DialplanError("MacroExit: no macro runs")
    running.is_leaving = True
