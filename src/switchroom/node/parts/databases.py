"""The databases of ``res_odbc.conf``, and the journal of what waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.config.language.options import ConfigWarning
from switchroom.config.odbc import OdbcClass, OdbcConfig, read_odbc
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import LOOK_EVERY, SourceSettings

JOURNAL = "sql-journal.sqlite3"  #: in the spool
COPIES = "sql-copies.sqlite3"  #: there too


class SqlDatabases(Part):
    """``res_odbc.conf``, which need not be there."""

    words = frozenset({"odbc"})
    is_first = True

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("res_odbc.conf", read_odbc) or OdbcConfig({})
        return self._config.warnings

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        databases = pbx.datastore(Databases)
        stack.callback(databases.close)
        spool = self.asterisk.directories.astspooldir
        databases.journal_path = spool / JOURNAL
        databases.copies_path = spool / COPIES
        self._taken: set[str] = set()

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        databases = pbx.datastore(Databases)
        databases.take(settings_of(each) for each in self._config.classes.values())
        databases.forget(self._taken - set(self._config.classes))
        self._taken = set(self._config.classes)

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        databases = services.pbx.datastore(Databases)
        databases.deliver_what_is_left()
        # Calls that come at once find their endpoints: a first connection takes long.
        await asyncio.gather(*(source.wait_until_tried() for source in databases.sources.values()))


def settings_of(config: OdbcClass) -> SourceSettings:
    """A section as the databases take it."""
    return SourceSettings(
        config.name,
        config.url,
        max_connections=config.max_connections,
        connect_timeout=config.connect_timeout,
        answer_within=config.answer_timeout,
        look_every=min(LOOK_EVERY, max(0.1, config.negative_connection_cache)),
        sanity_sql=config.sanity_sql,
        backslash_is_escape=config.backslash_is_escape,
        isolation=config.isolation,
        force_commit=config.force_commit,
        pre_connect=config.pre_connect,
        slow_after=config.slow_after,
    )
