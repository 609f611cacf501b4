"""Mailboxes that somebody else keeps, who tells us of their counts (AMI: MWIUpdate).

They stand in the AstDB, so that lamps are right after a restart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from switchroom.storage.database import Database

FAMILY = "mwi_external/mailboxes"


class ExternalMailboxes:
    """The counts by ``mailbox@context``.

    Args:
        database: The AstDB.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts: dict[str, tuple[int, int]] = {}
        for key, value in database.items(FAMILY):
            name = key.removeprefix(f"/{FAMILY}/")
            try:
                kept = json.loads(value)
                self._counts[name] = (int(kept["msgs_new"]), int(kept["msgs_old"]))
            except (ValueError, KeyError, TypeError):
                continue  # not written by us

    @property
    def counts(self) -> Mapping[str, tuple[int, int]]:
        """New and old messages of all."""
        return self._counts

    async def update(self, name: str, new: int, old: int) -> None:
        """Take up other counts; they are kept when this returns."""
        self._counts[name] = (new, old)
        kept = json.dumps({"msgs_new": str(new), "msgs_old": str(old)})
        await self._database.put(FAMILY, name, kept)

    async def delete(self, name: str) -> None:
        """Forget a mailbox."""
        if self._counts.pop(name, None) is not None:
            await self._database.delete(FAMILY, name)
