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

    Variables:
        ARG1, ARG2: The arguments, and so on, as the routine sees them.
        ARGC: Their number.
        GOSUB_RETVAL: What Return() gave back.

    Examples:
        exten => s,1,Gosub(routines,double,1(21))
         same => n,NoOp(${GOSUB_RETVAL})  ; => 42
        [routines]
        exten => double,1,Return($[0${ARG1} * 2])
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


@application("GosubIf", goes_on=True)
def gosub_if(channel: Channel, condition: Rest) -> None:
    """Call a routine where a condition holds, or another where it does not.

    Args:
        channel: The channel.
        condition: ``condition?[routine[(arguments)]][:routine[(arguments)]]``.

    Variables:
        GOSUB_RETVAL: What Return() gave back.

    Examples:
        exten => s,1,Set(vip=1)
         same => n,GosubIf(${vip}?greet,1(dear):greet,1(hello))
         same => n,NoOp(${GOSUB_RETVAL})  ; => dear friend
        exten => greet,1,Return(${ARG1} friend)
    """
    routine = choose(condition)
    if routine:
        gosub(channel, routine)


@application("Return")
def return_(channel: Channel, value: Rest = "") -> None:
    """Come back from a routine.

    Args:
        channel: The channel.
        value: What GOSUB_RETVAL becomes.

    Variables:
        GOSUB_RETVAL: The value.

    Examples:
        exten => s,1,Gosub(routine,1)
         same => n,NoOp(${GOSUB_RETVAL})  ; => done
        exten => routine,1,Return(done)
    """
    frame = pop(channel)
    if frame is None:
        raise ApplicationFailedError("Return: no Gosub routine runs")
    channel.variables["GOSUB_RETVAL"] = str(value)
    channel.goto(frame.context, frame.extension, frame.priority)


@application("StackPop")
def stack_pop(channel: Channel) -> None:
    """Forget where the innermost routine would return to.

    Examples:
        exten => s,1,Gosub(routine,1)
         same => n,Hangup()
        exten => routine,1,StackPop()
         same => n,Goto(rest,1)
        exten => rest,1,NoOp(no way back)  ; => no way back
    """
    if pop(channel) is None:
        raise DialplanError("StackPop: no Gosub routine runs")
