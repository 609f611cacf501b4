"""Files of a configuration folder that nothing here reads: said once, so that nobody waits."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack

from switchroom.node.part import Part, Services

logger = logging.getLogger(__name__)

#: Files that are read by others than parts.
READ = frozenset(
    {"asterisk.conf", "extensions.conf", "guard.conf", "http.conf", "pjsip.conf",
     "pjsip_wizard.conf", "sip.conf"}
)  # fmt: skip
#: Files that say nothing that could be otherwise here.
HARMLESS = frozenset(
    {"codecs.conf", "dsp.conf", "extconfig.conf", "sorcery.conf", "stasis.conf",
     "pjproject.conf", "dnsmgr.conf", "enum.conf", "cli.conf"}
)  # fmt: skip


class UnreadFiles(Part):
    """Looks what else is there, once all others have read theirs."""

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        folder = self.asterisk.directories.astetcdir
        known = READ | HARMLESS | self.looked_for
        found = sorted(
            each.name
            for each in (folder.glob("*.conf") if folder.is_dir() else ())
            # Of a dialplan and of SIP there may be more, which those include.
            if each.name not in known and not each.name.startswith(("extensions", "pjsip"))
        )
        if found:
            logger.warning("%s: not read here, yet or at all: %s", folder, ", ".join(found))
