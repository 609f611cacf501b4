"""While() and EndWhile(): loops.

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.dialplan.blocks import other_end, own_beginning
from switchroom.dialplan.places import is_true
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


def _go_to(channel: Channel, priority: int) -> None:
    channel.goto(channel.context, channel.extension, priority)


@application("While")
def while_(channel: Channel, condition: Rest = "") -> None:
    """Begin a loop that lasts while a condition holds; EndWhile() closes it.

    Args:
        channel: The channel.
        condition: Usually ``$[…]``; the loop is over when it is empty or 0.
    """
    if not is_true(condition):
        _go_to(channel, other_end(channel, "while", "endwhile") + 1)


@application("EndWhile")
def end_while(channel: Channel) -> None:
    """Go back to the beginning of the loop."""
    _go_to(channel, own_beginning(channel, "while", "endwhile"))


@application("ContinueWhile")
def continue_while(channel: Channel) -> None:
    """Go back to the beginning of the loop from anywhere in it."""
    _go_to(channel, own_beginning(channel, "while", "endwhile"))


@application("ExitWhile")
def exit_while(channel: Channel) -> None:
    """Leave the loop at once."""
    _go_to(channel, other_end(channel, "while", "endwhile") + 1)
