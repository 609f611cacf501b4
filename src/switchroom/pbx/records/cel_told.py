"""The backend that tells channel events on the bus (``cel.conf``, ``[manager]``)."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.pbx.pbx import Pbx
from switchroom.storage.cel_record import CelRecord


@dataclass(frozen=True, slots=True)
class EventTold:
    """A channel event (AMI: CEL)."""

    record: CelRecord
    shows_user_events: bool = False


@dataclass(slots=True)
class CelManager:
    """Fulfils :class:`~switchroom.pbx.records.cel.CelBackend`.

    Args:
        pbx: On whose bus.
        shows_user_events: The dialplan's own events go by their own names.
    """

    pbx: Pbx
    shows_user_events: bool = False
    name: str = "Manager Event Logging"

    def write(self, record: CelRecord) -> None:
        """Tell an event."""
        if self.pbx.events.wants(EventTold):
            self.pbx.events.publish(EventTold(record, self.shows_user_events))
