"""``sla.conf``: lines that several telephones share."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.conference.shared_lines import SharedLines
from switchroom.config.language.options import ConfigWarning
from switchroom.config.sla import SlaConfig, read_sla
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx


class SharedLineSettings(Part):
    """The file need not be there. Calls of lines go on at a reload."""

    words = frozenset({"sla", "app_sla"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("sla.conf", read_sla) or SlaConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(SharedLines).use(pbx, self._config)
