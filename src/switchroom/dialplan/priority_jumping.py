"""Jumping to n+101, as applications did before they set a status (``priorityjumping = yes``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from switchroom.pbx.channel import Channel

if TYPE_CHECKING:
    from switchroom.dialplan.interpreter import Interpreter

DISTANCE = 101


def jump_far(channel: Channel) -> None:
    """Go on 101 priorities further, where the dialplan asks for it and has such a priority."""
    interpreter = cast("Interpreter", channel.pbx.dialplan)
    if not interpreter.dialplan_of(channel).priority_jumping:
        return
    priority = channel.priority + DISTANCE
    if interpreter.exists(channel, channel.extension, priority):
        channel.goto(channel.context, channel.extension, priority)
