"""``cli_permissions.conf`` and ``cli_aliases.conf``."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.cli.permissions import CliAliases, CliPermissions
from switchroom.config.cli import (
    CliAliasesConfig,
    CliPermissionsConfig,
    read_cli_aliases,
    read_cli_permissions,
)
from switchroom.config.language.options import ConfigWarning
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx


class Console(Part):
    """Both files; none need be there."""

    words = frozenset({"cli", "cli_aliases", "clialiases"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._permissions = (
            self.read_file("cli_permissions.conf", read_cli_permissions) or CliPermissionsConfig()
        )
        self._aliases = self.read_file("cli_aliases.conf", read_cli_aliases) or CliAliasesConfig()
        return ()

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        permissions = pbx.datastore(CliPermissions)
        permissions.permits_by_default = self._permissions.permits_by_default
        permissions.rules = self._permissions.rules
        pbx.datastore(CliAliases).aliases = self._aliases.aliases
