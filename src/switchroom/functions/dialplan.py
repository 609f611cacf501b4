"""Functions on the dialplan itself: DIALPLAN_EXISTS, EVAL_SUB, EXCEPTION and their like.

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.exceptions import RaisedException
from switchroom.dialplan.nesting import nested
from switchroom.dialplan.places import parse_place
from switchroom.dialplan.registry import Rest, function
from switchroom.dialplan.routines import parse_routine
from switchroom.pbx.channel import Channel


def _exists(channel: Channel, context: str, extension: str, priority: str) -> str:
    dialplan = channel.pbx.dialplan
    number = dialplan.find_priority(channel, context, extension, priority)
    exists = number is not None and dialplan.exists(channel, extension, number, context)
    return "1" if exists else "0"


@function("DIALPLAN_EXISTS")
def dialplan_exists(channel: Channel, context: str, extension: str = "", priority: str = "") -> str:
    """1 where the dialplan has a place, 0 where not.

    Args:
        channel: The channel.
        context: Of the place.
        extension: Of the place; without one, whether there is the context.
        priority: A number or a label; 1 where it is not given.

    Examples:
        exten => 100,1(here),NoOp(${DIALPLAN_EXISTS(example,100,here)})  ; => 1
         same => n,NoOp(${DIALPLAN_EXISTS(example,101)} ${DIALPLAN_EXISTS(example)})  ; => 0 1
    """
    if not extension:
        return "1" if channel.pbx.dialplan.has_context(channel, context) else "0"
    return _exists(channel, context, extension, priority or "1")


@function("VALID_EXTEN")
def valid_extension(channel: Channel, context: str, extension: str, priority: str = "1") -> str:
    """1 where the dialplan has a place, 0 where not: an older DIALPLAN_EXISTS().

    Args:
        channel: The channel.
        context: Of the place; this channel's where it is empty.
        extension: Of the place.
        priority: A number or a label.

    Examples:
        exten => 100,1,NoOp(${VALID_EXTEN(,100)} ${VALID_EXTEN(,101)})  ; => 1 0
    """
    return _exists(channel, context or channel.context, extension, priority)


@function("EVAL_EXTEN")
async def evaluate_extension(channel: Channel, place: Rest) -> str:
    """What an application at another place would be given: its arguments, substituted now.

    Meant for ``Return(…)`` with an expression in it that several places need.

    Args:
        channel: The channel.
        place: ``[[context,]extension,]priority``.

    Examples:
        exten => s,1,Set(number=7)
         same => n,NoOp(${EVAL_EXTEN(label,1)})  ; => line 7
        exten => label,1,Return(line ${number})
    """
    found = channel.pbx.dialplan.step_at(channel, *parse_place(channel, place))
    if found is None:
        raise DialplanError(f"EVAL_EXTEN: there is no {place!r}")
    with nested("EVAL_EXTEN"):
        return await channel.pbx.dialplan.substitute(channel, found[1])


@function("EVAL_SUB")
async def evaluate_routine(channel: Channel, routine: Rest) -> str:
    """Run a routine, and read what it returns.

    Args:
        channel: The channel.
        routine: ``[[context,]extension,]priority[(argument,…)]``.

    Examples:
        exten => s,1,NoOp(${EVAL_SUB(double,1(21))})  ; => 42
         same => n,Hangup()
        exten => double,1,Return($[${ARG1} * 2])
    """
    called = parse_routine(channel, routine)
    with nested("EVAL_SUB"):
        return await channel.pbx.dialplan.call_routine(channel, called.place, called.arguments)


@function("EXCEPTION")
def exception(channel: Channel, field: str) -> str:
    """What led this channel to its ``e`` extension.

    Args:
        channel: The channel.
        field: ``reason`` (INVALID, ERROR, RESPONSETIMEOUT, ABSOLUTETIMEOUT or what RaiseException
            said), ``context``, ``exten`` or ``priority``.

    Examples:
        exten => s,1,RaiseException(no trunk)
        exten => e,1,NoOp(${EXCEPTION(reason)} in ${EXCEPTION(context)})  ; => no trunk in example
    """
    raised = channel.datastore(RaisedException)
    match field.strip().lower():
        case "reason":
            return raised.reason
        case "context":
            return raised.context
        case "exten":
            return raised.extension
        case "priority":
            return str(raised.priority) if raised.reason else ""
        case _:
            raise DialplanError(f"EXCEPTION: there is no {field!r}")
