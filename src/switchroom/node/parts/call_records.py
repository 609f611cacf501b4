"""Keeps a node's call records as ``cdr.conf`` and the files of its backends say."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.config.asterisk_conf import Directories
from switchroom.config.language.options import ConfigWarning
from switchroom.config.records.cdr import CdrConfig, read_cdr
from switchroom.config.records.cdr_manager import CdrManagerConfig, read_cdr_manager
from switchroom.config.records.cdr_sql import read_cdr_tables
from switchroom.config.records.cdr_syslog import CdrSyslogConfig, read_cdr_syslog
from switchroom.config.records.mappings import RecordMappings, read_record_mappings
from switchroom.node.cdr_tables import open_cdr_tables
from switchroom.node.part import Part
from switchroom.node.record_files import CdrFiles, CdrSyslog
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cdr import RecordRules
from switchroom.pbx.records.cdr_batch import RecordBackend, RecordBatch
from switchroom.pbx.records.cdr_recorder import CallRecords, Recorder
from switchroom.pbx.records.cdr_told import CdrManager
from switchroom.storage.cdr_csv import CdrCsv, CsvColumns
from switchroom.storage.line_files import LineFiles
from switchroom.storage.record_journal import RecordJournal

logger = logging.getLogger(__name__)

JOURNAL_FOLDER = "cdr-batches"  #: in the spool
CSV_FOLDER = "cdr-csv"  #: in the folder of logs
CUSTOM_FOLDER = "cdr-custom"  #: there too


class KeptRecords(Part):
    """``cdr.conf`` and those of its backends, none of which need be there."""

    words = frozenset({"cdr", "cdr_custom", "cdr_manager", "cdr_syslog"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("cdr.conf", read_cdr) or CdrConfig()
        self._told = self.read_file("cdr_manager.conf", read_cdr_manager) or CdrManagerConfig()
        self._custom = self.read_file("cdr_custom.conf", read_record_mappings) or RecordMappings()
        self._syslog = self.read_file("cdr_syslog.conf", read_cdr_syslog) or CdrSyslogConfig()
        self._tables = read_cdr_tables(self.read_file, self.asterisk.directories.astlogdir)
        return (*self._config.warnings, *self._custom.warnings, *self._syslog.warnings)

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        keep_records(pbx, self._config, stack, further=self._further_backends(pbx, stack))

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        change_rules(pbx, self._config)

    def _further_backends(self, pbx: Pbx, stack: AsyncExitStack) -> list[RecordBackend]:
        """Those that have files of their own."""
        found: list[RecordBackend] = []
        if not self._config.is_on:
            return found
        if self._custom.lines:
            files = LineFiles(pbx.directories.astlogdir / CUSTOM_FOLDER, "custom call records")
            stack.callback(files.close)
            found.append(CdrFiles(pbx, files, self._custom.lines))
        if self._syslog.lines:
            found.append(CdrSyslog(pbx, self._syslog.lines))
        if self._told.is_on:
            found.append(CdrManager(pbx, self._told.mappings))
        initiated = self._config.bills_initiated
        return [*found, *open_cdr_tables(pbx, self._tables, bills_initiated=initiated)]


def keep_records(
    pbx: Pbx,
    config: CdrConfig,
    stack: AsyncExitStack,
    *,
    further: Sequence[RecordBackend] = (),
) -> None:
    """Start to keep records, if somebody takes them; ``stack`` ends it, after the last call.

    Args:
        pbx: The core, not entered yet or without calls.
        config: What ``cdr.conf`` says.
        stack: Gets what has to be closed.
        further: Backends besides those of ``cdr.conf``.
    """
    records = pbx.datastore(CallRecords)
    records.is_on = config.is_on
    records.rules = _rules(config)
    records.bills_initiated = config.bills_initiated
    backends: list[RecordBackend] = []
    if config.is_on:
        backends = [*_open_backends(pbx.directories, config, stack), *further]
    journal = RecordJournal(pbx.directories.astspooldir / JOURNAL_FOLDER)
    batch = records.batch = RecordBatch(
        backends, size=_batch_size(config), within=float(config.batch_time), journal=journal
    )
    if backends and (count := batch.recover()):
        logger.warning("%d call records of before are handed on", count)
    stack.callback(batch.submit)
    if backends:
        Recorder(pbx, records.rules, records.take).start()


def change_rules(pbx: Pbx, config: CdrConfig) -> None:
    """Keep records by other rules from now on; where they go is settled at the start."""
    records = pbx.datastore(CallRecords)
    records.rules = _rules(config)
    records.batch.within = float(config.batch_time)
    records.batch.size = _batch_size(config)
    if len(records.batch.kept) >= records.batch.size:
        records.batch.submit()
    if records.recorder is not None:
        records.recorder.book.rules = records.rules


def _batch_size(config: CdrConfig) -> int:
    return max(1, config.batch_size) if config.is_batched else 1


def _rules(config: CdrConfig) -> RecordRules:
    return RecordRules(
        records_by_default=config.records_by_default,
        keeps_unanswered=config.keeps_unanswered,
        tells_congestion=config.tells_congestion,
        tells_cancel=config.tells_cancel,
        ends_before_h=config.ends_before_h,
        heeds_bridges=config.heeds_bridges,
        heeds_dials=config.heeds_dials,
    )


def _open_backends(
    directories: Directories, config: CdrConfig, stack: AsyncExitStack
) -> list[RecordBackend]:
    if config.csv is None:
        return []
    columns = CsvColumns(
        in_utc=config.csv.in_utc,
        unique_id=config.csv.unique_id,
        user_field=config.csv.user_field,
        new_columns=config.csv.new_columns,
        bills_initiated=config.bills_initiated,
    )
    folder = directories.astlogdir / CSV_FOLDER
    csv = CdrCsv(folder, columns, by_account=config.csv.by_account)
    stack.callback(csv.close)
    return [csv]
