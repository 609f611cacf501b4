"""Goto(), GotoIf() and GotoIfTime(): go on elsewhere."""

from __future__ import annotations

from switchroom.dialplan.moment import holds
from switchroom.dialplan.places import choose, parse_place, sides_of
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


@application("Goto")
def goto(channel: Channel, place: Rest) -> None:
    """Go on at another priority, extension or context.

    Args:
        channel: The channel.
        place: ``[[context,]extension,]priority``; a label will do for the priority.
    """
    channel.goto(*parse_place(channel, place))


@application("GotoIf")
def goto_if(channel: Channel, condition: Rest) -> None:
    """Go on elsewhere where a condition holds, or somewhere else where it does not.

    Args:
        channel: The channel.
        condition: ``condition?[place][:place]``; without a place for the outcome the dialplan
            goes on with the next priority.
    """
    place = choose(condition)
    if place:
        channel.goto(*parse_place(channel, place))


@application("GotoIfTime")
def goto_if_time(channel: Channel, condition: Rest) -> None:
    """Go on elsewhere at some times, or somewhere else at the others.

    Args:
        channel: The channel.
        condition: ``times,weekdays,mdays,months[,timezone]?[place][:place]``.
    """
    when, _, sides = condition.partition("?")
    first, second = sides_of(sides)
    place = first if holds(channel, when) else second
    if place:
        channel.goto(*parse_place(channel, place))
