"""SQL transactions that a channel has begun: by id, and which one is active."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.pbx.channel import Channel
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.errors import SqlError
from switchroom.storage.sql.transaction import Transaction

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ChannelTransaction:
    """One of them."""

    name: str
    transaction: Transaction
    force_commit: bool


class SqlTransactions(dict[str, ChannelTransaction]):
    """Of a channel, by id. A datastore of a channel."""

    def __init__(self) -> None:
        super().__init__()
        self.active = ""
        self._is_watched = False

    def find(self, name: str) -> ChannelTransaction | None:
        """The one of this id; the active one for no id."""
        return self.get(name or self.active)

    def on(self, source: str) -> Transaction | None:
        """The active one, where it is on this database."""
        found = self.get(self.active)
        if found is None or found.transaction.source.name != source:
            return None
        return found.transaction

    def choose(self, channel: Channel, name: str, source: str) -> bool:
        """Make one active, begun on ``source`` where it is new; False: it cannot be."""
        if name not in self:
            databases = channel.pbx.datastore(Databases)
            if not name or source not in databases.sources:
                return False
            found = databases.sources[source]
            transaction = Transaction(found)
            self[name] = ChannelTransaction(name, transaction, found.settings.force_commit)
        self.active = name
        if not self._is_watched:
            self._is_watched = True
            channel.at_end(lambda: self._end(channel))
        return True

    async def finish(self, name: str, *, commit: bool) -> str:
        """Commit one or roll it back; returns what ODBC_RESULT becomes."""
        found = self.find(name)
        if found is None:
            return "FAILED_TO_CREATE"
        try:
            if commit:
                await found.transaction.commit()
            else:
                await found.transaction.roll_back()
        except SqlError as error:
            logger.warning("transaction %s: %s", found.name, error)
            return "SQL_ERROR"
        return "OK"

    def _end(self, channel: Channel) -> None:
        """The call is over: give connections back."""
        for found in self.values():
            channel.pbx.spawn(_close(found), name=f"transaction {found.name}")
        self.clear()


async def _close(found: ChannelTransaction) -> None:
    try:
        try:
            if found.force_commit:
                await found.transaction.commit()
        finally:
            await found.transaction.close()
    except SqlError as error:
        logger.warning("transaction %s: %s", found.name, error)
