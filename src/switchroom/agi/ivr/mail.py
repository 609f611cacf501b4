"""What a program is told: lines that wait until it reads them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from switchroom.agi.session import Script

logger = logging.getLogger(__name__)

MAX_WAITING = 1000  #: lines for a program that does not read
FLUSH_TIMEOUT = 2.0  #: seconds in which it has to read the last ones


class Mail:
    """Lines in order, written in a task of its own: :meth:`run`. Whoever tells never waits."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._waiting: deque[str] = deque()
        self._arrived = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()

    def add(self, line: str) -> None:
        """Tell it something; lost where too much waits."""
        if len(self._waiting) >= MAX_WAITING:
            logger.warning("ExternalIVR: a program reads nothing: %r is lost", line)
            return
        self._waiting.append(line)
        self._written.clear()
        self._arrived.set()

    async def run(self) -> None:
        """Write until it is cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                await self._script.write(self._waiting.popleft())
            self._written.set()

    async def flush(self) -> None:
        """Wait until everything is written, but not for ever."""
        try:
            async with asyncio.timeout(FLUSH_TIMEOUT):
                await self._written.wait()
        except TimeoutError:
            self._script.kill()
