"""The node's configuration, read anew because a call asks for it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from switchroom.base.errors import SwitchroomError
from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)


class Reloading:
    """That of one node, by ``pbx.datastore(Reloading)``."""

    def __init__(self) -> None:
        #: Reads what a module's name stands for anew, all for an empty one; the node says how.
        self.read: Callable[[str], Awaitable[None]] | None = None

    async def run(self, pbx: Pbx, what: str) -> bool:
        """Read it, to the end also when who waits is cancelled; returns whether it is good."""
        end: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        pbx.spawn(self._run(what, end), name="reload")
        return await end

    async def _run(self, what: str, end: asyncio.Future[bool]) -> None:
        is_good = False
        try:
            if self.read is not None:
                await self.read(what)
                is_good = True
        except SwitchroomError as error:
            logger.error("reload refused: %s", error.render())  # noqa: TRY400  # known, no trace
        finally:
            if not end.done():
                end.set_result(is_good)
