"""``asterisk.pid``: where scripts look for the process."""

from __future__ import annotations

import logging
import os
from contextlib import AsyncExitStack
from pathlib import Path

from switchroom.node.part import Part, Services

logger = logging.getLogger(__name__)

NAME = "asterisk.pid"


class PidFile(Part):
    """Written at start, removed at the end."""

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        path = self.asterisk.directories.astrundir / NAME
        try:
            path.write_text(f"{os.getpid()}\n")
        except OSError as error:
            logger.warning("%s cannot be written: %s", path, error.strerror)
            return
        stack.callback(_remove, path)


def _remove(path: Path) -> None:
    """Unless another process has written its own by now."""
    try:
        if path.read_text().strip() == str(os.getpid()):
            path.unlink()
    except OSError:
        logger.debug("%s is gone already", path)
