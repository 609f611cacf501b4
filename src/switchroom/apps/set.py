"""Set() and MSet(): variables and writable functions.

Family: Variables and data
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from switchroom.base.errors import DialplanError
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.assignment import assign, is_function
from switchroom.dialplan.references import has_references
from switchroom.dialplan.registry import Prepared, Rest, application, prepares
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)


def _warn_of_blanks(name: str) -> None:
    if name != name.strip():
        logger.warning(
            "the variable %r has blanks in its name: ${%s} is another", name, name.strip()
        )


@application("Set", goes_on=True)
def set_(channel: Channel, assignment: Rest) -> Awaitable[None] | None:
    """Set a variable or write a function.

    Args:
        channel: The channel.
        assignment: ``name=value``; the value is everything behind the first equals sign. A name
            that begins with ``_`` is inherited by dialled channels, with ``__`` by theirs too.

    Examples:
        Set(x=3)
        Set(CALLERID(name)=Ann)
        ; seen by the channels that are dialled
        Set(_order=4711)
        NoOp(${x} ${CALLERID(name)} ${order})  ; => 3 Ann 4711
    """
    name, equals, value = assignment.partition("=")
    if not equals:
        # Asterisk: what is no assignment is passed over (22).
        raise DialplanError(f"Set: expected name=value, not {assignment!r}")
    _warn_of_blanks(name)
    return assign(channel, name, value)


@prepares("Set")
def prepare_set(data: str) -> Prepared | None:
    """Settle the name, where it is written out."""
    name, equals, value = data.partition("=")
    if not equals or has_references(name):
        return None

    _warn_of_blanks(name)
    if is_function(name):

        def run(channel: Channel, text: str) -> Awaitable[None] | None:
            return assign(channel, name, text)

    else:

        def run(channel: Channel, text: str) -> Awaitable[None] | None:
            channel.set_variable(name, text)
            return None

    return Prepared(f"{name}=", value, "", run)


@application("MSet", goes_on=True)
async def mset(channel: Channel, assignments: Rest) -> None:
    """Set several variables or functions at once.

    Args:
        channel: The channel.
        assignments: ``name=value,name=value``; values with commas stand in quotes.

    Examples:
        MSet(first=1,second="2,3")
        NoOp(${first}: ${second})  ; => 1: 2,3
    """
    for assignment in separate(assignments):
        name, equals, value = assignment.partition("=")
        if equals and (waiting := assign(channel, name, value)) is not None:
            await waiting
