"""``geolocation.conf``: where callers are."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.channels.sip.geolocation.whereabouts import Geolocation
from switchroom.config.geolocation import GeolocationConfig, read_geolocation
from switchroom.config.language.options import ConfigWarning
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx


class CallerLocation(Part):
    """The file need not be there."""

    words = frozenset({"geolocation", "res_geolocation"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        found = self.read_file("geolocation.conf", read_geolocation)
        self._config = found or GeolocationConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(Geolocation).use(self._config)
