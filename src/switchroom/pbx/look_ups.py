"""What has to be looked up before a call begins: a datastore of the core."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class LookUps(list[Callable[[], Awaitable[None]]]):
    """Those who read something anew before a call; each knows how long it may take."""

    async def make(self) -> None:
        """Let all of them do it."""
        if self:
            await asyncio.gather(*(look_up() for look_up in self))
