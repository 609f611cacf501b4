"""The server's own id in the AstDB, made at its first start, as the original keeps one there."""

from __future__ import annotations

import uuid
from contextlib import AsyncExitStack

from switchroom.node.part import Part, Services

FAMILY, KEY = "pbx", "UUID"


class ServerId(Part):
    """``/pbx/UUID``."""

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        astdb = services.pbx.astdb
        if astdb.get(FAMILY, KEY) is None:
            await astdb.put(FAMILY, KEY, str(uuid.uuid4()))
