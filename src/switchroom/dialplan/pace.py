"""Lets a loop of the dialplan give way to others, and slows down one that never ends."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

STEPS_BETWEEN_PAUSES = 128  #: about a tenth of a millisecond
MAX_BUSY_STEPS = 1_000_000  #: executed without a second's wait; no dialplan that means well does so
SLOWED_PAUSE = 0.02  #: seconds: some thousand steps a second are left, a hundredth of a core
LONG_PAUSE = 1.0  #: seconds between two pauses, by which a loop is known to wait for something


class Pace:
    """The pace of one channel: whoever does not call :meth:`step` pauses himself so often."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._loop = asyncio.get_running_loop()
        self._paused_at = self._loop.time()
        self._busy_steps = 0
        self._left = STEPS_BETWEEN_PAUSES

    async def step(self) -> None:
        """Note one step, and let others run when it is time."""
        self._left -= 1
        if not self._left:
            self._left = STEPS_BETWEEN_PAUSES
            await self.pause()

    async def pause(self) -> None:
        """Let others run."""
        now = self._loop.time()
        if now - self._paused_at > LONG_PAUSE:
            self._busy_steps = 0
        self._paused_at = now
        self._busy_steps += STEPS_BETWEEN_PAUSES
        if self._busy_steps < MAX_BUSY_STEPS:
            await asyncio.sleep(0)
            return
        if self._busy_steps - STEPS_BETWEEN_PAUSES < MAX_BUSY_STEPS:
            message = "%s: %d priorities without a wait: the loop at %s@%s is slowed down"
            place = (self._channel.extension, self._channel.context)
            logger.warning(message, self._channel.name, self._busy_steps, *place)
        await asyncio.sleep(SLOWED_PAUSE)
