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

    Examples:
        Set(n=1)
        Set(list=)
        While($[${n} <= 3])
        Set(list=${list}${n})
        Set(n=$[${n} + 1])
        EndWhile()
        NoOp(${list})  ; => 123
    """
    if not is_true(condition):
        _go_to(channel, other_end(channel, "while", "endwhile") + 1)


@application("EndWhile")
def end_while(channel: Channel) -> None:
    """Go back to the beginning of the loop.

    Examples:
        Set(n=3)
        While($[${n} > 0])
        Set(n=$[${n} - 1])
        EndWhile()
        NoOp(${n})  ; => 0
    """
    _go_to(channel, own_beginning(channel, "while", "endwhile"))


@application("ContinueWhile")
def continue_while(channel: Channel) -> None:
    """Go back to the beginning of the loop from anywhere in it.

    Examples:
        Set(n=0)
        Set(odd=)
        While($[${n} < 5])
        Set(n=$[${n} + 1])
        ExecIf($[${n} % 2 = 0]?ContinueWhile())
        Set(odd=${odd}${n})
        EndWhile()
        NoOp(${odd})  ; => 135
    """
    _go_to(channel, own_beginning(channel, "while", "endwhile"))


@application("ExitWhile")
def exit_while(channel: Channel) -> None:
    """Leave the loop at once.

    Examples:
        Set(n=0)
        While(1)
        Set(n=$[${n} + 1])
        ExecIf($[${n} = 3]?ExitWhile())
        EndWhile()
        NoOp(${n})  ; => 3
    """
    _go_to(channel, other_end(channel, "while", "endwhile") + 1)
