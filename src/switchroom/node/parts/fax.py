"""``udptl.conf``: which ports fax takes."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.channels.sip.media.fax import FaxPorts
from switchroom.config.options import ConfigWarning
from switchroom.config.udptl import UdptlConfig, read_udptl
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx


class Fax(Part):
    """The file need not be there."""

    words = frozenset({"udptl"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("udptl.conf", read_udptl) or UdptlConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(FaxPorts).range = (self._config.first_port, self._config.last_port)
