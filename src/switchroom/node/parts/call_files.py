"""The spool of call files, and the folders that programs expect below it."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack

from switchroom.node.part import Part, Services
from switchroom.pbx.call_files import DONE, CallFiles

logger = logging.getLogger(__name__)

_FOLDERS = ("outgoing", DONE, "tmp", "monitor", "recording", "voicemail")


class Spool(Part):
    """Makes the calls that files in ``outgoing`` ask for."""

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        spool = services.pbx.directories.astspooldir
        for name in _FOLDERS:
            try:
                (spool / name).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                logger.warning("%s cannot be made: %s", spool / name, error.strerror)
                return
        services.start_chore(CallFiles(services.pbx, spool / "outgoing").run(), "call files")
