"""The real media engine without its thread: a tick of 20 ms each time that a test wants one.

With it the native code runs on the tests' virtual clock: sockets are real ones, time is not.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import wait

from switchroom.media.engine.engine import Engine

TICK = 0.02  #: seconds


class SteppedEngine(Engine):
    """Nothing happens between two calls of :meth:`step`."""

    def _begin(self) -> None:
        """Nobody lets time pass but :meth:`step`."""

    async def _end(self) -> None:
        """There is no thread to end."""

    def step(self) -> None:
        """Take what lies in the sockets, let a tick pass, and tell what happened.

        Files that are being ended are waited for: a thread takes no virtual time.
        """
        wait(list(self.recorder._ending.values()))  # nobody else needs to wait
        self.pump.step(round(asyncio.get_running_loop().time() * 1e6))
        self._on_events()
