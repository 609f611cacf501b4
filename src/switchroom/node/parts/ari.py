"""``ari.conf``: the REST interface."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from switchroom.config.acl import read_acl
from switchroom.config.ari import AriConfig, read_ari
from switchroom.config.language.options import ConfigWarning
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx

if TYPE_CHECKING:
    from switchroom.node.rest_interface import RestInterface


class Ari(Part):
    """The REST interface, on the node's HTTP server."""

    words = frozenset({"ari", "acl", "res_ari"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        named = self.read_file("acl.conf", read_acl) or {}
        self._config = self.read_file("ari.conf", lambda file: read_ari(file, named)) or AriConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        interface: RestInterface | None = getattr(self, "_interface", None)
        if interface is not None:
            interface.use(self._config)

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        if not self._config.is_enabled:
            return
        # Only nodes that have it pay for loading it.
        from switchroom.node.rest_interface import RestInterface

        self._interface = RestInterface(services, self.asterisk)
        self._interface.use(self._config)
        stack.callback(self._interface.close)
