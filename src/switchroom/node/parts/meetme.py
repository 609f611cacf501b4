"""``meetme.conf``: the rooms of MeetMe()."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.conference.meetme import MeetMeConferences
from switchroom.config.language.options import ConfigWarning
from switchroom.config.meetme import MeetMeConfig, read_meetme
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx


class MeetMeRooms(Part):
    """The file need not be there."""

    words = frozenset({"meetme", "app_meetme"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("meetme.conf", read_meetme) or MeetMeConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(MeetMeConferences).config = self._config
