"""Set() and MSet(): variables and writable functions."""

from __future__ import annotations

from collections.abc import Awaitable

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.assignment import assign
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


@application("Set")
def set_(channel: Channel, assignment: Rest) -> Awaitable[None] | None:
    """Set a variable or write a function.

    Args:
        channel: The channel.
        assignment: ``name=value``; the value is everything behind the first equals sign. A name
            that begins with ``_`` is inherited by dialled channels, with ``__`` by theirs too.
    """
    name, equals, value = assignment.partition("=")
    if not equals:
        raise BadArgumentsError(f"Set: expected name=value, not {assignment!r}")
    return assign(channel, name, value)


@application("MSet")
async def mset(channel: Channel, assignments: Rest) -> None:
    """Set several variables or functions at once.

    Args:
        channel: The channel.
        assignments: ``name=value,name=value``; values with commas stand in quotes.
    """
    for assignment in separate(assignments):
        name, equals, value = assignment.partition("=")
        if equals and (waiting := assign(channel, name, value)) is not None:
            await waiting
