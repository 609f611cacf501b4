"""The security log as events."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.security import SecurityEvent


@told_as(SecurityEvent, Privilege.SECURITY)
def security(view: Snapshots, event: SecurityEvent) -> Iterator[Told]:
    """Somebody knocks at a door of the node."""
    yield event.name, event.fields(view.pbx.now())
