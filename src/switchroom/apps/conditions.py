"""If(), ElseIf(), Else() and EndIf(): branches.

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.dialplan.blocks import application_at, other_end, own_beginning
from switchroom.dialplan.places import is_true
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


class Branches:
    """The blocks of a channel in which no branch was taken so far, by where their If stands."""

    def __init__(self) -> None:
        self.undecided: set[tuple[str, str, int]] = set()


def _block(channel: Channel) -> tuple[str, str, int]:
    begin = own_beginning(channel, "if", "endif")
    return channel.context, channel.extension, begin


def _go_to(channel: Channel, priority: int) -> None:
    channel.goto(channel.context, channel.extension, priority)


def _to_the_next_branch(channel: Channel) -> None:
    priority = other_end(channel, "if", "endif", stops=("elseif", "else"))
    is_elseif = application_at(channel, priority) == "elseif"
    _go_to(channel, priority if is_elseif else priority + 1)


def _behind_the_block(channel: Channel) -> None:
    _go_to(channel, other_end(channel, "if", "endif") + 1)


@application("If")
def if_(channel: Channel, condition: Rest = "") -> None:
    """Begin a block that runs where a condition holds; EndIf() closes it.

    Args:
        channel: The channel.
        condition: Usually ``$[…]``; where it is empty or 0, ElseIf() and Else() have their turn.

    Examples:
        Set(hour=20)
        If($[${hour} < 18])
        Set(prompt=open)
        Else()
        Set(prompt=closed)
        EndIf()
        NoOp(${prompt})  ; => closed
    """
    block = (channel.context, channel.extension, channel.priority)
    undecided = channel.datastore(Branches).undecided
    if is_true(condition):
        undecided.discard(block)
    else:
        undecided.add(block)
        _to_the_next_branch(channel)


@application("ElseIf")
def else_if(channel: Channel, condition: Rest = "") -> None:
    """Begin a branch that runs where none before did and a condition holds.

    Args:
        channel: The channel.
        condition: As that of If().

    Examples:
        Set(hour=12)
        If($[${hour} < 12])
        Set(greeting=good morning)
        ElseIf($[${hour} < 18])
        Set(greeting=good day)
        Else()
        Set(greeting=good evening)
        EndIf()
        NoOp(${greeting})  ; => good day
    """
    block = _block(channel)
    undecided = channel.datastore(Branches).undecided
    if block not in undecided:
        _behind_the_block(channel)
    elif is_true(condition):
        undecided.discard(block)
    else:
        _to_the_next_branch(channel)


@application("Else")
def else_(channel: Channel) -> None:
    """Begin the branch that runs where none before did.

    Examples:
        If(${BLACKLIST()})
        Hangup()
        Else()
        NoOp(welcome)  ; => welcome
        EndIf()
    """
    _behind_the_block(channel)  # whoever comes here comes out of the branch before


@application("EndIf")
def end_if(channel: Channel) -> None:
    """Close the block that If() began.

    Examples:
        If($[2 > 1])
        NoOp(of course)  ; => of course
        EndIf()
    """


@application("ExitIf")
def exit_if(channel: Channel) -> None:
    """Leave the block at once.

    Examples:
        If($[2 > 1])
        ExecIf(1?ExitIf())
        Set(x=never)
        EndIf()
        NoOp(<${x}>)  ; => <>
    """
    _behind_the_block(channel)
