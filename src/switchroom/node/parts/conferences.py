"""``confbridge.conf``: how conferences are held."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.conference.settings import ConfBridgeSettings
from switchroom.config.confbridge import ConfBridgeConfig, read_confbridge
from switchroom.config.language.options import ConfigWarning
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx


class ConferenceProfiles(Part):
    """The file need not be there. Conferences that are held go on as they were begun."""

    words = frozenset({"confbridge", "app_confbridge"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("confbridge.conf", read_confbridge) or ConfBridgeConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(ConfBridgeSettings).config = self._config
