"""Functions on other channels: CHANNELS, CHANNEL_EXISTS, MASTER_CHANNEL, IMPORT, EXPORT, SHARED.

Family: Channels and calls
"""

from __future__ import annotations

from collections.abc import Awaitable

from switchroom.base.errors import DialplanError
from switchroom.dialplan.assignment import assign
from switchroom.dialplan.posix_regex import compile_posix
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import find_channel


def _other(channel: Channel, owner: str, name: str) -> Channel:
    found = find_channel(channel.pbx, name)
    if found is None:
        raise DialplanError(f"{owner}: there is no channel {name!r}")
    return found


@function("CHANNELS")
def channels(channel: Channel, expression: Rest = "") -> str:
    """The names of all channels, separated by blanks.

    Args:
        channel: The channel.
        expression: A regular expression that the names have to match.

    Examples:
        NoOp(${CHANNELS()})  ; => Fake/1-00000000
        NoOp(calls of the trunk: ${CHANNELS(^PJSIP/trunk-)})
    """
    names = list(channel.pbx.channels)
    if expression:
        pattern = compile_posix(expression)
        if pattern is None:
            raise DialplanError(f"CHANNELS: {expression!r} is no regular expression")
        names = [name for name in names if pattern.search(name)]
    return " ".join(names)


@function("CHANNEL_EXISTS")
def channel_exists(channel: Channel, name: Rest) -> str:
    """1 where there is a channel of that name or unique id, 0 where not.

    Args:
        channel: The channel.
        name: Its name, or its unique id.

    Examples:
        NoOp(${CHANNEL_EXISTS(${CHANNEL(name)})} ${CHANNEL_EXISTS(PJSIP/nobody-1)})  ; => 1 0
    """
    return "1" if find_channel(channel.pbx, name) is not None else "0"


def _master(channel: Channel) -> Channel:
    """The channel that began the call."""
    if channel.linked_id == channel.unique_id:
        return channel
    known = channel.pbx.channels.values()
    return next((each for each in known if each.unique_id == channel.linked_id), channel)


@function("MASTER_CHANNEL")
def master_channel(channel: Channel, name: Rest) -> str:
    """A variable or a function's value on the channel that began the call.

    Args:
        channel: The channel.
        name: The variable, without ``${}``, or a function.

    Examples:
        Set(MASTER_CHANNEL(order)=4711)
        NoOp(${MASTER_CHANNEL(order)})  ; => 4711
    """
    return channel.pbx.dialplan.read_variable(_master(channel), name)


@function("MASTER_CHANNEL", write=True)
async def set_master_channel(channel: Channel, value: str, name: Rest) -> None:
    """Set a variable or write a function on the channel that began the call.

    Args:
        channel: The channel.
        value: What it becomes.
        name: The variable, without ``${}``, or a function.
    """
    await _assign(_master(channel), name, value)


@function("IMPORT")
def import_(channel: Channel, other: str, name: Rest) -> str:
    """A variable or a function's value on another channel.

    Args:
        channel: The channel.
        other: The other one's name.
        name: The variable, without ``${}``, or a function.

    Examples:
        Set(order=4711)
        Set(me=${CHANNEL(name)})
        NoOp(${IMPORT(${me},order)})  ; => 4711
        NoOp(${IMPORT(${me},CHANNEL(state))})  ; => Ring
    """
    return channel.pbx.dialplan.read_variable(_other(channel, "IMPORT", other), name)


@function("EXPORT", write=True)
async def export(channel: Channel, value: str, other: str, name: Rest) -> None:
    """Set a variable or write a function on another channel.

    Args:
        channel: The channel.
        value: The value.
        other: The other one's name.
        name: The variable, or a function.

    Examples:
        Set(me=${CHANNEL(name)})
        Set(EXPORT(${me},order)=4711)
        NoOp(${IMPORT(${me},order)})  ; => 4711
    """
    await _assign(_other(channel, "EXPORT", other), name, value)


async def _assign(channel: Channel, name: str, value: str) -> None:
    waiting: Awaitable[None] | None = assign(channel, name, value)
    if waiting is not None:
        await waiting


class SharedVariables(dict[str, str]):
    """The variables of a channel that others may set too."""


@function("SHARED")
def shared(channel: Channel, name: str, other: Rest = "") -> str:
    """A shared variable, which channels read and set on one another.

    Args:
        channel: The channel.
        name: The variable.
        other: The name of the channel it belongs to; this one where it is not given.

    Examples:
        Set(SHARED(order)=4711)
        NoOp(${SHARED(order)} ${SHARED(order,${CHANNEL(name)})})  ; => 4711 4711
    """
    owner = _other(channel, "SHARED", other) if other else channel
    return owner.datastore(SharedVariables).get(name, "")


@function("SHARED", write=True)
def set_shared(channel: Channel, value: str, name: str, other: Rest = "") -> None:
    """Set a shared variable.

    Args:
        channel: The channel.
        value: What it becomes.
        name: The variable.
        other: The name of the channel it belongs to; this one where it is not given.
    """
    owner = _other(channel, "SHARED", other) if other else channel
    owner.datastore(SharedVariables)[name] = value
