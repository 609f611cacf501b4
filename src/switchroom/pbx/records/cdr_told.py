"""The backend that tells call records on the bus (``cdr_manager.conf``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from switchroom.pbx.pbx import Pbx
from switchroom.storage.call_record import CallRecord


@dataclass(frozen=True, slots=True)
class RecordTold:
    """A call record is finished (AMI: Cdr)."""

    record: CallRecord
    mappings: Sequence[tuple[str, str]] = ()  #: further variables, and what they are called


@dataclass(slots=True)
class CdrManager:
    """Fulfils :class:`~switchroom.pbx.records.cdr_batch.RecordBackend`.

    Args:
        pbx: On whose bus.
        mappings: Further variables that are told.
    """

    pbx: Pbx
    mappings: Sequence[tuple[str, str]] = ()
    name: str = "cdr_manager"

    def write(self, record: CallRecord) -> None:
        """Tell a record."""
        if self.pbx.events.wants(RecordTold):
            self.pbx.events.publish(RecordTold(record, self.mappings))
