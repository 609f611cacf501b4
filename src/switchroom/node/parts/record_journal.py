"""Keeps the journal of channels that records are held against (``records.conf``)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.config.language.options import ConfigWarning
from switchroom.config.records.journal import RecordsConfig, read_records
from switchroom.node.part import Part
from switchroom.pbx.events import ChannelCreated, ChannelHungUp
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cdr_recorder import CallRecords
from switchroom.pbx.records.cel import ChannelEvents
from switchroom.storage.channel_journal import FOLDER, ChannelJournal

logger = logging.getLogger(__name__)


class JournalledChannels(Part):
    """The file need not be there; without records of any kind there is no journal."""

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("records.conf", read_records) or RecordsConfig()
        return self._config.warnings

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """Begin, behind the parts that keep records: what they wrote of a channel is known then."""
        records, events = pbx.datastore(CallRecords), pbx.datastore(ChannelEvents)
        told = events.rules.events if events.backends else frozenset()
        keeps_records = records.recorder is not None
        if not self._config.has_journal or not (keeps_records or told):
            return
        try:
            journal = ChannelJournal(pbx.directories.astspooldir / FOLDER, keep=self._config.days)
        except OSError as error:
            logger.warning("there will be no journal of channels: %s", error)
            return
        stack.callback(journal.close)
        journal.begin(now=pbx.now(), keeps_records=keeps_records, events=told)
        records.witness = journal.record

        def born(event: ChannelCreated) -> None:
            journal.born(event.unique_id, event.channel, now=pbx.now())

        def gone(event: ChannelHungUp) -> None:
            journal.gone(event.unique_id, now=pbx.now())

        pbx.events.subscribe(ChannelCreated, born)
        pbx.events.subscribe(ChannelHungUp, gone)
