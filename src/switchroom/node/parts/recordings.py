"""``recordings.conf``: what recordings are called, how long they stay, and where they go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.config.language.options import ConfigWarning
from switchroom.config.recordings import FILE, RecordingsConfig, read_recordings
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.recordings.naming import RecordingNames
from switchroom.pbx.recordings.upkeep import Upkeep
from switchroom.storage.recordings import Recordings

logger = logging.getLogger(__name__)


class KeptRecordings(Part):
    """The file need not be there."""

    words = frozenset({"recordings"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file(FILE, read_recordings) or RecordingsConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(RecordingNames).template = self._config.name

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        services.start_chore(self._look_after(services.pbx), "recordings")

    async def _look_after(self, pbx: Pbx) -> None:
        recordings = Recordings(self.asterisk.directories.astspooldir / "monitor")
        while True:
            await asyncio.sleep(self._config.every)
            if self._config.has_work:
                try:
                    await Upkeep(recordings, self._config, pbx.now).tend(pbx)
                except OSError as error:  # a disk that is full, or gone for a while
                    logger.warning("recordings: %s", error)
