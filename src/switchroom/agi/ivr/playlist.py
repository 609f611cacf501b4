"""The sounds that wait, and the one that is heard."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from switchroom.base.errors import MediaError
from switchroom.pbx.channel import Channel, HangupError

logger = logging.getLogger(__name__)

MAX_SOUNDS = 1000  #: that wait


class Playlist:
    """Plays one sound after the other in a task of its own, :meth:`run`.

    Args:
        channel: Whose party hears them.
        finished: Told the name of each that was heard to its end.
    """

    def __init__(self, channel: Channel, finished: Callable[[str], None]) -> None:
        self._channel = channel
        self._finished = finished
        self._waiting: deque[str] = deque()
        self._arrived = asyncio.Event()
        self._playing: asyncio.Future[bool] | None = None

    @property
    def is_silent(self) -> bool:
        """Whether nothing is heard, nor about to be."""
        return self._playing is None and not self._waiting

    def append(self, name: str) -> bool:
        """Play it behind what waits; returns whether there is room for it."""
        if len(self._waiting) >= MAX_SOUNDS:
            return False
        self._waiting.append(name)
        self._arrived.set()
        return True

    def clear(self) -> list[str]:
        """End what is heard, and drop what waits; returns the names of those."""
        dropped = list(self._waiting)
        self._waiting.clear()
        if self._playing is not None:
            self._playing.cancel()
        return dropped

    async def run(self) -> None:
        """Play until it is cancelled, or the call is over."""
        async with asyncio.TaskGroup() as group:
            while not self._channel.is_hung_up:
                while not self._waiting:
                    self._arrived.clear()
                    await self._arrived.wait()
                name = self._waiting.popleft()
                # In a task, so that clear() can end it wherever it is: looked up, opened or heard.
                self._playing = group.create_task(self._play(name))
                await asyncio.wait({self._playing})
                was_heard = not self._playing.cancelled() and self._playing.result()
                self._playing = None
                if was_heard:
                    self._finished(name)

    async def _play(self, name: str) -> bool:
        try:
            await self._channel.play(name)
        except HangupError:
            return False
        except MediaError as error:
            logger.warning("%s: ExternalIVR: %s", self._channel.name, error)
            return False
        return True
