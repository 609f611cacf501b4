"""What has to be looked up before a call begins: a datastore of the core."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)


class LookUps(list[Callable[[], Awaitable[None]]]):
    """Those who read something anew before a call; each knows how long it may take."""

    async def make(self) -> None:
        """Let all of them do it; a call begins, whatever goes wrong with one."""
        if self:
            works = (look_up() for look_up in self)
            for result in await asyncio.gather(*works, return_exceptions=True):
                if isinstance(result, Exception):
                    logger.error("a look-up before a call failed", exc_info=result)
