"""Routines that run when a call has ended, whatever ended it: ``CHANNEL(hangup_handler_push)``."""

from __future__ import annotations

import logging

from switchroom.base.errors import DialplanError
from switchroom.dialplan.routines import Routine, parse_routine
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import DialplanEnded, HangupHandlerEvent

logger = logging.getLogger(__name__)


class HangupHandlers:
    """Of one channel; the one that was pushed last runs first."""

    def __init__(self) -> None:
        self.routines: list[Routine] = []

    def push(self, channel: Channel, text: str) -> None:
        """Add ``context,extension,priority[(arguments)]``; nothing for no text.

        Raises:
            DialplanError: There is no such place.
        """
        if text.strip():
            self.routines.append(parse_routine(channel, text))
            if channel.last_work is None:  # else that runs them
                channel.last_work = lambda: _run_last(channel)
            _tell(channel, "Push", self.routines[-1])

    def pop(self, channel: Channel) -> None:
        """Forget the one that was pushed last."""
        if self.routines:
            _tell(channel, "Pop", self.routines.pop())


def _tell(channel: Channel, what: str, routine: Routine) -> None:
    events = channel.pbx.events
    if events.wants(HangupHandlerEvent):
        context, extension, priority = routine.place
        arguments = f"({','.join(routine.arguments)})" if routine.arguments else ""
        place = f"{context},{extension},{priority}{arguments}"
        events.publish(HangupHandlerEvent(channel.name, channel.unique_id, what, place))


async def _run_last(channel: Channel) -> None:
    """Of a channel that ends without a dialplan of its own: one that was dialled."""
    if channel.pbx.events.wants(DialplanEnded):
        channel.pbx.events.publish(DialplanEnded(channel.name))
    await run_hangup_handlers(channel)


async def run_hangup_handlers(channel: Channel) -> None:
    """Run and forget them all."""
    routines = channel.datastore(HangupHandlers).routines
    while routines:
        routine = routines.pop()
        _tell(channel, "Run", routine)
        try:
            await channel.pbx.dialplan.call_routine(channel, routine.place, routine.arguments)
        except DialplanError as error:
            logger.warning("%s: hangup handler: %s", channel.name, error)
