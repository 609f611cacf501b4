"""Goto(), GotoIf() and GotoIfTime(): go on elsewhere.

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.dialplan.moment import holds
from switchroom.dialplan.places import (
    choose,
    is_true,
    parse_place,
    place_of,
    sides_of,
    split_place,
)
from switchroom.dialplan.references import has_references, split_written
from switchroom.dialplan.registry import Prepared, Rest, application, prepares
from switchroom.pbx.channel import Channel


@application("Goto")
def goto(channel: Channel, place: Rest) -> None:
    """Go on at another priority, extension or context.

    Args:
        channel: The channel.
        place: ``[[context,]extension,]priority``; a label will do for the priority.

    Examples:
        exten => s,1,Goto(menu,s,1)
        [menu]
        exten => s,1,Set(tries=0)
         same => n(again),NoOp(${CONTEXT})  ; => menu
         same => n,Set(tries=$[${tries} + 1])
         same => n,ExecIf($[${tries} < 3]?Goto(again))
         same => n,NoOp(${tries})  ; => 3
    """
    channel.goto(*parse_place(channel, place))


@application("GotoIf", goes_on=True)
def goto_if(channel: Channel, condition: Rest) -> None:
    """Go on elsewhere where a condition holds, or somewhere else where it does not.

    Args:
        channel: The channel.
        condition: ``condition?[place][:place]``; without a place for the outcome the dialplan
            goes on with the next priority.

    Examples:
        exten => s,1,Set(hour=20)
         same => n,GotoIf($[${hour} < 18]?open:closed)
         same => n(open),Set(prompt=open)
         same => n,Hangup()
         same => n(closed),Set(prompt=closed)  ; => closed
    """
    place = choose(condition)
    if place:
        channel.goto(*parse_place(channel, place))


@prepares("GotoIf")
def prepare_goto_if(data: str) -> Prepared | None:
    """Settle the places, where they are written out."""
    split = split_written(data, "?")
    if split is None or has_references(split[1]):
        return None
    condition, sides = split
    first, second = (split_place(side) if side else None for side in sides_of(sides))

    def run(channel: Channel, text: str) -> None:
        if "?" in text:  # it brought a question mark of its own, and that one counts
            goto_if(channel, f"{text}?{sides}")
        elif words := first if is_true(text) else second:
            channel.goto(*place_of(channel, words))

    return Prepared("", condition, f"?{sides}", run)


@application("GotoIfTime")
def goto_if_time(channel: Channel, condition: Rest) -> None:
    """Go on elsewhere at some times, or somewhere else at the others.

    Args:
        channel: The channel.
        condition: ``times,weekdays,mdays,months[,timezone]?[place][:place]``.

    Examples:
        exten => s,1,GotoIfTime(08:00-17:59,mon-fri,*,*,Europe/Berlin?open)
         same => n,Playback(vm-nobodyavail)
         same => n,Hangup()
         same => n(open),Dial(PJSIP/100)
    """
    when, _, sides = condition.partition("?")
    first, second = sides_of(sides)
    place = first if holds(channel, when) else second
    if place:
        channel.goto(*parse_place(channel, place))
