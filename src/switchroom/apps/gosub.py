"""Gosub() and Return(): routines in the dialplan.

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.base.errors import ApplicationFailedError, DialplanError
from switchroom.dialplan.frames import pop, push
from switchroom.dialplan.places import choose, split_place
from switchroom.dialplan.references import has_references
from switchroom.dialplan.registry import Prepared, Rest, application, prepares
from switchroom.dialplan.routines import Routine, called_routine, parse_routine
from switchroom.pbx.channel import Channel


@application("Gosub")
def gosub(channel: Channel, routine: Rest) -> None:
    """Call a routine; Return() comes back to the next priority.

    Its arguments are ARG1, ARG2, … and their number ARGC, local to the routine.

    Args:
        channel: The channel.
        routine: ``[[context,]extension,]priority[(argument,…)]``.
    """
    _call(channel, parse_routine(channel, routine))


@prepares("Gosub")
def prepare_gosub(data: str) -> Prepared | None:
    """Settle the place, where it is written out before arguments."""
    place, opening, arguments = data.partition("(")
    if not opening or has_references(place) or not arguments.endswith(")"):
        return None
    words = split_place(place)

    def run(channel: Channel, text: str) -> None:
        _call(channel, called_routine(channel, words, text))

    return Prepared(f"{place}(", arguments[:-1], ")", run)


def _call(channel: Channel, called: Routine) -> None:
    back = (channel.context, channel.extension, channel.priority + 1)
    push(channel, called.arguments, return_to=back)
    channel.goto(*called.place)


@application("GosubIf")
def gosub_if(channel: Channel, condition: Rest) -> None:
    """Call a routine where a condition holds, or another where it does not.

    Args:
        channel: The channel.
        condition: ``condition?[routine[(arguments)]][:routine[(arguments)]]``.
    """
    routine = choose(condition)
    if routine:
        gosub(channel, routine)


@application("Return")
def return_(channel: Channel, value: Rest = "") -> None:
    """Come back from a routine.

    Sets GOSUB_RETVAL.

    Args:
        channel: The channel.
        value: What GOSUB_RETVAL becomes.
    """
    frame = pop(channel)
    if frame is None:
        raise ApplicationFailedError("Return: no Gosub routine runs")
    channel.variables["GOSUB_RETVAL"] = str(value)
    channel.goto(frame.context, frame.extension, frame.priority)


@application("StackPop")
def stack_pop(channel: Channel) -> None:
    """Forget where the innermost routine would return to."""
    if pop(channel) is None:
        raise DialplanError("StackPop: no Gosub routine runs")
