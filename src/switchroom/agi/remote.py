"""A script that is whoever uses the manager interface: ``AGI(agi:async)``."""

from __future__ import annotations

import asyncio
from collections import deque

from switchroom.apps.agi import AsyncCommands
from switchroom.pbx.agi_events import AsyncAgiAnswered
from switchroom.pbx.channel import Channel

BREAK = "asyncagi break"


class Manager:
    """Fulfils :class:`~switchroom.agi.session.Script`; commands come from a queue of the channel.

    Args:
        channel: The call.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._commands = channel.datastore(AsyncCommands)
        self._commands.open()
        self._asked: deque[str] = deque()  #: ids of commands that are not answered yet
        self._is_over = False

    async def read_line(self) -> str | None:
        """See :class:`~switchroom.agi.session.Script`."""
        if self._is_over:
            return None
        while not self._commands.waiting:
            if not self._commands.is_open:
                return None
            self._commands.arrived.clear()
            await self._commands.arrived.wait()
        line, command_id = self._commands.waiting.popleft()
        self._asked.append(command_id)
        self._is_over = " ".join(line.lower().split()) == BREAK
        return line

    async def write(self, text: str) -> None:
        """See :class:`~switchroom.agi.session.Script`."""
        if not self._asked:
            return  # the facts: an event has told them
        events, command_id = self._channel.pbx.events, self._asked.popleft()
        if events.wants(AsyncAgiAnswered):
            channel = self._channel
            events.publish(AsyncAgiAnswered(channel.name, channel.unique_id, command_id, text))

    async def tell_hangup(self) -> None:
        """See :class:`~switchroom.agi.session.Script`."""
        self.kill()

    def kill(self) -> None:
        """See :class:`~switchroom.agi.session.Script`."""
        self._commands.close()

    async def end(self) -> int:
        """Take no more commands."""
        self._commands.close()
        await asyncio.sleep(0)
        return 0
