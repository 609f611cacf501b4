"""Routines of the dialplan that see, and may change, what a channel's party is about to be told.

``CONNECTED_LINE_SEND_SUB`` and ``REDIRECTING_SEND_SUB`` name a routine, with its arguments in
``…_SEND_SUB_ARGS``; dialplans up to 20 name macros, one for callers and one for called parties.
Each is a variable of the channel whose party is told, and runs there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from enum import Enum
from typing import Any

from switchroom.base.errors import DialplanError
from switchroom.pbx.borrowing import borrow
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import variable_of

logger = logging.getLogger(__name__)


class Told(Enum):
    """What a party is told; the values begin the names of the variables."""

    CONNECTED_LINE = "CONNECTED_LINE"  #: who is at the other end
    REDIRECTING = "REDIRECTING"  #: who diverted the call, and why


#: By what is told, and whether the party was called: of routines, and of macros.
_NAMES = {
    (what, is_called): (
        f"{what.value}_SEND_SUB",
        f"{what.value}_{'CALLEE' if is_called else 'CALLER'}_SEND_MACRO",
    )
    for what in Told
    for is_called in (False, True)
}


def is_intercepted(channel: Channel, what: Told) -> bool:
    """Whether a channel has a routine for that."""
    return any(variable_of(channel, name) for name in _NAMES[what, bool(channel.dialled_as)])


def tell_intercepted(channel: Channel, what: Told, tell: Callable[[], None]) -> None:
    """Tell a party, at once or behind the routine that its channel has for that."""
    work = _routine(channel, what)
    if work is None:
        tell()
    else:
        channel.pbx.spawn(_run(channel, work, tell), name=f"{what.value} of {channel.name}")


async def _run(channel: Channel, work: Coroutine[Any, Any, None], tell: Callable[[], None]) -> None:
    if await borrow(channel, work):
        tell()


def _routine(channel: Channel, what: Told) -> Coroutine[Any, Any, None] | None:
    routine, macro = _NAMES[what, bool(channel.dialled_as)]
    if place := variable_of(channel, routine):
        return _call(channel, place, variable_of(channel, f"{routine}_ARGS"))
    if name := variable_of(channel, macro):
        return _call_macro(channel, name, variable_of(channel, f"{macro}_ARGS"))
    return None


async def _call(channel: Channel, text: str, arguments: str) -> None:
    *before, word = (part.strip() for part in text.split(","))
    extension = before[-1] if before else channel.extension
    context = before[0] if len(before) > 1 else channel.context
    dialplan = channel.pbx.dialplan
    priority = dialplan.find_priority(channel, context, extension, word)
    if priority is None or not dialplan.exists(channel, extension, priority, context):
        logger.warning("%s: there is no routine %s to call", channel.name, text)
        return
    given = arguments.split(",") if arguments else []
    await dialplan.call_routine(channel, (context, extension, priority), given)


async def _call_macro(channel: Channel, name: str, arguments: str) -> None:
    data = f"{name},{arguments}" if arguments else name
    shown = channel.application, channel.data
    try:
        running = channel.pbx.dialplan.start_application(channel, "Macro", data)
        if running is not None:
            await running
    except DialplanError as error:
        logger.warning("%s: %s", channel.name, error)
    finally:
        channel.application, channel.data = shown
