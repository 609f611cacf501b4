"""Modules that are loaded and unloaded."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.dialplan.modules import ModuleLoaded, ModuleUnloaded


@told_as(ModuleLoaded, Privilege.SYSTEM)
def loaded(_: Snapshots, event: ModuleLoaded) -> Iterator[Told]:
    """One was loaded, or could not be."""
    yield "Load", [("Module", event.module), ("Status", event.status)]


@told_as(ModuleUnloaded, Privilege.SYSTEM)
def unloaded(_: Snapshots, event: ModuleUnloaded) -> Iterator[Told]:
    """One was unloaded."""
    yield "Unload", [("Module", event.module), ("Status", "Success")]
