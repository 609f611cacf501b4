"""``followme.conf``: where people may be reached."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.apps.follow_me.follow_me import FollowMeProfiles
from switchroom.config.followme import FollowMeConfig, read_followme
from switchroom.config.language.options import ConfigWarning
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx


class FollowMe(Part):
    """The file need not be there."""

    words = frozenset({"followme", "app_followme"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("followme.conf", read_followme) or FollowMeConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(FollowMeProfiles).config = self._config
