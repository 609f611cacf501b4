"""Set() and MSet(): variables and writable functions.

Family: Variables and data
"""

from __future__ import annotations

from collections.abc import Awaitable

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.assignment import assign, is_function
from switchroom.dialplan.references import has_references
from switchroom.dialplan.registry import Prepared, Rest, application, prepares
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


@prepares("Set")
def prepare_set(data: str) -> Prepared | None:
    """Settle the name, where it is written out."""
    name, equals, value = data.partition("=")
    if not equals or has_references(name):
        return None

    plain = name.strip()
    if is_function(plain):

        def run(channel: Channel, text: str) -> Awaitable[None] | None:
            return assign(channel, plain, text)

    else:

        def run(channel: Channel, text: str) -> Awaitable[None] | None:
            channel.set_variable(plain, text)
            return None

    return Prepared(f"{name}=", value, "", run)


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
