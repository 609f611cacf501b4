"""The queue log in a database, where ``extconfig.conf`` has a family ``queue_log``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.config.language.options import ConfigWarning
from switchroom.config.logger import LoggerConfig, read_logger
from switchroom.node.part import Part, Services
from switchroom.queues.log import NONE, QueueLog
from switchroom.storage.queue_log_sql import queue_log_row
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.databases import Databases


class QueueLogTable(Part):
    """Beside the file; journal first, so that a database that is gone loses no line."""

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("logger.conf", read_logger) or LoggerConfig()
        return ()  # told with the logger's

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx = services.pbx
        targets = pbx.datastore(Realtime).families.get("queue_log", ())
        if not targets or not self._config.keeps_queue_log:
            return
        databases, target = pbx.datastore(Databases), targets[0]
        in_utc = self._config.queue_log_in_utc

        def write(*cells: str) -> None:
            row = queue_log_row(target.table, pbx.now(), cells, in_utc=in_utc)
            databases.write(target.source, row)

        pbx.datastore(QueueLog).sinks.append(write)
        write(NONE, NONE, NONE, "QUEUESTART", "")
