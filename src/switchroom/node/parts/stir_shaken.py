"""``stir_shaken.conf``: callers' numbers that are vouched for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.channels.sip.stir_shaken.stir_shaken import StirShaken
from switchroom.config.acl import read_acl
from switchroom.config.asterisk_conf import AsteriskConfig
from switchroom.config.language.options import ConfigWarning
from switchroom.config.stir_shaken import StirShakenConfig, read_stir_shaken
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx


class CallerIdentity(Part):
    """The file need not be there."""

    words = frozenset({"stir_shaken", "res_stir_shaken"})

    def __init__(self, asterisk: AsteriskConfig) -> None:
        super().__init__(asterisk)
        self._serves = False

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        named = self.read_file("acl.conf", read_acl)
        folder = str(self.asterisk.directories.astvarlibdir / "keys" / "stir_shaken" / "cache")
        found = self.read_file(
            "stir_shaken.conf",
            lambda file: read_stir_shaken(file, named, cache_folder=folder),
        )
        # Without the file there is no key, and nobody who is trusted.
        self._config = found or StirShakenConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        stir_shaken = pbx.datastore(StirShaken)
        stir_shaken.use(self._config)
        stir_shaken.check_keys()
        if self._serves:
            pbx.spawn(stir_shaken.check_published(), name="look for our certificates")

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        self._serves = True
        stir_shaken = services.pbx.datastore(StirShaken)
        stack.callback(stir_shaken.close)
        services.pbx.spawn(stir_shaken.check_published(), name="look for our certificates")
