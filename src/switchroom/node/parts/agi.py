"""AGI: who carries out what the dialplan's AGI() and ExternalIVR() ask for."""

from __future__ import annotations

from contextlib import AsyncExitStack

from switchroom.agi.door import Door
from switchroom.agi.ivr.door import IvrDoor
from switchroom.agi.registry import collect_agi_commands
from switchroom.apps.agi import AgiDoor
from switchroom.apps.external_ivr import ExternalIvrDoor
from switchroom.net.dns import SystemLookup
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx


class Agi(Part):
    """Needs no file."""

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        door = pbx.datastore(AgiDoor)
        door.run = Door(SystemLookup()).run
        door.usages = {
            each.name: (each.runs_when_dead, each.usage) for each in collect_agi_commands().values()
        }
        pbx.datastore(ExternalIvrDoor).run = IvrDoor(SystemLookup()).run
