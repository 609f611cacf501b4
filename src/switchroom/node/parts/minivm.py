"""``minivm.conf``: accounts of MiniVM."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.config.language.options import ConfigWarning
from switchroom.config.minivm import MinivmConfig, read_minivm
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx
from switchroom.voicemail.minivm import Minivm


class MinivmAccounts(Part):
    """The file need not be there."""

    words = frozenset({"minivm", "app_minivm"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("minivm.conf", read_minivm) or MinivmConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(Minivm).config = self._config
