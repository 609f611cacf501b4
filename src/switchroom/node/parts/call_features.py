"""``features.conf`` and ``res_parking.conf``: what calls between people are told by."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.apps.parking.park import park_by_code
from switchroom.config.features import FeatureSettings, read_features
from switchroom.config.language.options import ConfigWarning
from switchroom.config.parking import ParkingConfig, read_old_parking, read_parking
from switchroom.node.part import Part
from switchroom.parking.lots import lots_of
from switchroom.pbx.features import Features
from switchroom.pbx.pbx import Pbx


class CallFeatures(Part):
    """Both files; none need be there."""

    words = frozenset({"features", "parking"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._features = self.read_file("features.conf", read_features) or FeatureSettings()
        self._parking = (
            self.read_file("res_parking.conf", read_parking)
            or self.read_file("features.conf", read_old_parking)
            or ParkingConfig()
        )
        return (*self._features.warnings, *self._parking.warnings)

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        features = pbx.datastore(Features)
        features.settings = self._features
        features.actions["park"] = features.park_in = park_by_code
        lots_of(pbx).use(self._parking)
        lots_of(pbx).add_extensions(pbx)
