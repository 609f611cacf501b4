"""``indications.conf`` and ``musiconhold.conf``: what the core is to let people hear."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.config.indications import IndicationsConfig, read_indications
from switchroom.config.language.options import ConfigWarning
from switchroom.config.musiconhold import MusicConfig, read_musiconhold
from switchroom.node.part import Part
from switchroom.pbx.music.classes import MusicClasses
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.signal_tones import Indications


class MediaFiles(Part):
    """Both files; none need be there."""

    words = frozenset({"indications", "musiconhold", "moh"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._indications = (
            self.read_file("indications.conf", read_indications) or IndicationsConfig()
        )
        self._music = self.read_file("musiconhold.conf", read_musiconhold) or MusicConfig()
        return (*self._indications.warnings, *self._music.warnings)

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(Indications).config = self._indications
        pbx.datastore(MusicClasses).use(self._music)
