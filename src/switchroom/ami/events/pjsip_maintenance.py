"""Endpoints whose maintenance begins and ends."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.channels.sip.endpoints.maintenance import MaintenanceChanged


@told_as(MaintenanceChanged, Privilege.SYSTEM)
def changed(_: Snapshots, event: MaintenanceChanged) -> Iterator[Told]:
    """It began, or ended."""
    status = "enabled" if event.is_on else "disabled"
    yield "PJSIPMaintenanceStatus", [("Endpoint", event.endpoint), ("Status", status)]
