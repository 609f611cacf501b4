"""Tells a node's channel events (CEL) as ``cel.conf`` and the files of its backends say."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

import switchroom.conference.cel
import switchroom.parking.cel
import switchroom.pbx.records.cel_sources
from switchroom.config.language.options import ConfigWarning
from switchroom.config.records.cel import CelConfig, read_cel
from switchroom.config.records.mappings import RecordMappings, read_event_mappings
from switchroom.node.cel_tables import open_cel_tables, read_cel_tables
from switchroom.node.part import Part
from switchroom.node.record_files import CelFiles
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cel import CelBackend, CelRules, ChannelEvents, collect_sources
from switchroom.pbx.records.cel_recorder import CelRecorder
from switchroom.pbx.records.cel_told import CelManager
from switchroom.storage.cel_record import CelType
from switchroom.storage.line_files import LineFiles

FOLDER = "cel-custom"  #: in the folder of logs

#: Where features say how they are told.
SOURCES = (switchroom.pbx.records.cel_sources, switchroom.parking.cel, switchroom.conference.cel)


class ToldEvents(Part):
    """Neither of the files need be there."""

    words = frozenset(
        {"cel", "cel_custom", "cel_manager", "cel_odbc", "cel_pgsql", "cel_sqlite3_custom"}
    )

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("cel.conf", read_cel) or CelConfig()
        found = self.read_file("cel_custom.conf", read_event_mappings)
        self._mappings = found or RecordMappings()
        self._tables = read_cel_tables(self.read_file, self.asterisk.directories.astlogdir)
        return (*self._config.warnings, *self._mappings.warnings)

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        self._files: LineFiles | None = None
        self._stack = stack
        events = pbx.datastore(ChannelEvents)
        self._recorder = CelRecorder(pbx, collect_sources(*SOURCES), events.take)

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        config, events = self._config, pbx.datastore(ChannelEvents)
        events.backends = tuple(self._backends(pbx)) if config.is_on else ()
        events.rules = CelRules(
            config.is_on, frozenset(map(CelType, config.events)), config.applications
        )
        # Where nobody takes events none are made.
        self._recorder.use(events.rules if events.backends else CelRules())

    def _backends(self, pbx: Pbx) -> list[CelBackend]:
        found: list[CelBackend] = []
        if self._mappings.lines:
            if self._files is None:
                self._files = LineFiles(
                    pbx.directories.astlogdir / FOLDER, "channel events", is_durable=False
                )
                self._stack.callback(self._files.close)
            found.append(CelFiles(pbx, self._files, self._mappings.lines, self._config.date_format))
        if self._config.manager.is_on:
            found.append(CelManager(pbx, self._config.manager.shows_user_events))
        return [*found, *open_cel_tables(pbx, self._tables, self._config.date_format)]
