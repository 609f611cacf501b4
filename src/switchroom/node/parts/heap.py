"""Memory is given back after a busy hour."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack

from switchroom.node.part import Part, Services
from switchroom.ops.heap import Tide, give_back

logger = logging.getLogger(__name__)

LOOK_INTERVAL = 60.0  #: seconds; the transactions of the last calls are over by then


class HeapTide(Part):
    """Looks each minute whether there were more calls."""

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        services.start_chore(_keep_low(services), "memory")


async def _keep_low(services: Services) -> None:
    tide = Tide()
    while True:
        await asyncio.sleep(LOOK_INTERVAL)
        if tide.has_ebbed(len(services.pbx.channels)) and await asyncio.to_thread(give_back):
            logger.debug("gave memory back to the system")
