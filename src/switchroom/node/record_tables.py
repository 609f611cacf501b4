"""What the tables of call records and those of channel events have in common."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Protocol, TypeVar

from switchroom.pbx.pbx import Pbx
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import SourceSettings
from switchroom.storage.sql.statements import Change

logger = logging.getLogger(__name__)


class RecordTable(Protocol):
    """One table, as a file of the configuration tells of it."""

    @property
    def backend(self) -> str:
        """Whose file it is."""
        ...

    @property
    def source(self) -> str:
        """The name of its database."""
        ...


TableT_co = TypeVar("TableT_co", bound=RecordTable, covariant=True)


class RecordTables(Protocol[TableT_co]):
    """All tables of one file."""

    @property
    def tables(self) -> Sequence[TableT_co]:
        """In the file's order."""
        ...

    @property
    def url(self) -> str:
        """Of the database, where the file itself says it."""
        ...


def writable(
    pbx: Pbx, files: Sequence[RecordTables[TableT_co]], what: str
) -> Iterator[tuple[TableT_co, Callable[[Change], Future[int]]]]:
    """The tables whose databases there are, and what takes changes of each.

    Args:
        pbx: The core.
        files: What the files say.
        what: Is kept in them, for the warning where there is no such database.
    """
    databases = pbx.datastore(Databases)
    for file in files:
        for table in file.tables:
            if file.url:
                databases.take([SourceSettings(table.source, file.url)])
            if table.source in databases.sources:
                yield table, partial(databases.write, table.source)
            else:
                message = "%s: %s go nowhere: no database is called %r in res_odbc.conf"
                logger.warning(message, table.backend, what, table.source)
