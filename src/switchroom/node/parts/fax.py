"""``udptl.conf`` and ``res_fax.conf``: which ports fax takes, and what it goes by."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.config.language.options import ConfigWarning
from switchroom.config.res_fax import FaxConfig, read_res_fax
from switchroom.config.udptl import UdptlConfig, read_udptl
from switchroom.node.part import Part
from switchroom.pbx.fax.sessions import FaxSessions
from switchroom.pbx.fax.t38 import FaxPorts
from switchroom.pbx.pbx import Pbx


class Fax(Part):
    """Neither file need be there."""

    words = frozenset({"udptl", "fax"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("udptl.conf", read_udptl) or UdptlConfig()
        self._faxes = self.read_file("res_fax.conf", read_res_fax) or FaxConfig()
        return (*self._config.warnings, *self._faxes.warnings)

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(FaxPorts).range = (self._config.first_port, self._config.last_port)
        pbx.datastore(FaxSessions).config = self._faxes
