"""``modules.conf``: applications and functions that the dialplan is not to have."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.config.language.options import ConfigWarning
from switchroom.config.modules import ModulesConfig, read_modules
from switchroom.dialplan.modules import all_modules, set_aside
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx


class Modules(Part):
    """Read once: a reload changes nothing of what is loaded."""

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("modules.conf", read_modules) or ModulesConfig()
        return ()

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        set_aside(pbx, self._config.left_out(all_modules()))
