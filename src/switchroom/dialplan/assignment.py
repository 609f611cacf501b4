"""Giving a value to a name: a variable, or a writable function."""

from __future__ import annotations

from collections.abc import Awaitable

from switchroom.pbx.channel import Channel


def assign(channel: Channel, name: str, value: str) -> Awaitable[None] | None:
    """Set a variable, or write a function where the name has parentheses.

    Blanks around the name belong to it, as in the original: nobody finds such a variable again.

    Returns:
        What must be awaited, where the function waits.

    Raises:
        DialplanError: There is no such function, or it cannot be written.
    """
    if is_function(name):
        function, _, arguments = name[:-1].partition("(")
        return channel.pbx.dialplan.write_function(channel, function, arguments, value)
    channel.set_variable(name, value)
    return None


def is_function(name: str) -> bool:
    """Whether a name that is assigned to is that of a function, with its arguments."""
    return name.endswith(")") and "(" in name
