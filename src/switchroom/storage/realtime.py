"""Realtime: objects that stand in tables of databases, found when they are needed.

A family of objects (``ps_endpoints``, ``queues``) is mapped to one table or to several, of which
the first that has the object counts. What was read is kept as the last known copy, in memory and on
disk; it answers when the databases do not, and those who cannot wait.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from switchroom.storage.known_table import KnownTable, Row
from switchroom.storage.sql.answer import Answer
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.errors import RefusedError, SqlError, UnreachableError
from switchroom.storage.sql.source import Session
from switchroom.storage.sql.statements import (
    Change,
    Condition,
    Delete,
    Find,
    Insert,
    Update,
    build,
)

logger = logging.getLogger(__name__)

MAX_KNOWN_ROWS = 50_000  #: of a table that is copied whole; of larger ones, what was asked for


@dataclass(frozen=True, slots=True)
class Target:
    """A table of a database."""

    source: str
    table: str

    @property
    def key(self) -> str:
        """Under which its copy is kept."""
        return f"table\n{self.source}\n{self.table}"


class Realtime:
    """The families of a node. A datastore of the core; without families until :meth:`use`."""

    def __init__(self) -> None:
        self.families: Mapping[str, Sequence[Target]] = {}
        #: Called with a family when its table was read whole, and something of it is news.
        self.on_news: list[Callable[[str], None]] = []
        self._databases = Databases()
        self._known: dict[Target, KnownTable] = {}

    def use(self, databases: Databases, families: Mapping[str, Sequence[Target]]) -> None:
        """Go by these mappings; copies of before a restart are taken up."""
        self._databases = databases
        self.families = dict(families)
        for targets in self.families.values():
            for target in targets:
                if target not in self._known:
                    self._known[target] = self._from_copy(target)

    def _from_copy(self, target: Target) -> KnownTable:
        copies = self._databases.copies
        kept = copies.get(target.key) if copies is not None else None
        if kept is None:
            return KnownTable()
        return KnownTable(json.loads(kept[0]))

    def is_mapped(self, family: str) -> bool:
        """Whether there is such a family."""
        return family in self.families

    # reading

    def known(self, family: str, *conditions: Condition) -> list[Row]:
        """What was read last, for who cannot wait."""
        for target in self.families.get(family, ()):
            if found := self._known[target].find(conditions):
                return [dict(row) for row in found]
        return []

    async def find(self, family: str, *conditions: Condition, order_by: str = "") -> list[Row]:
        """The rows of a family for which all conditions hold, what is NULL left out.

        With its databases gone, those of the last known copy.
        """
        for target in self.families.get(family, ()):
            if rows := await self._find(family, target, conditions, order_by):
                return rows
        return []

    async def _find(
        self, family: str, target: Target, conditions: Sequence[Condition], order_by: str
    ) -> list[Row]:
        known = self._known[target]
        wanted = Find(target.table, tuple(conditions), order_by)

        async def work(session: Session) -> Answer:
            return await session.run(build(wanted, await session.shape(target.table)))

        databases = self._databases
        try:
            if databases.is_waiting(target.source, target.table):
                # What we wrote is not there yet: the copy knows better.
                return [dict(row) for row in known.find(conditions)]
            rows = (await databases.read([target.source], work)).mappings()
        except UnreachableError as error:
            logger.debug("%s: %s: the last known copy counts", family, error)
            return [dict(row) for row in known.find(conditions)]
        except SqlError as error:
            logger.warning("%s: %s", family, error)
            return []
        if known.replace(conditions, rows):
            self._keep(target)
            if not conditions:
                for tell in self.on_news:
                    tell(family)
        return [dict(row) for row in rows]

    def _keep(self, target: Target) -> None:
        copies, rows = self._databases.copies, self._known[target].rows
        if copies is not None and len(rows) <= MAX_KNOWN_ROWS:
            copies.put(target.key, json.dumps(rows))

    async def refresh(self, family: str) -> None:
        """Read all of a family, so that its copy is whole."""
        for target in self.families.get(family, ()):
            await self._find(family, target, (), "")

    # writing

    async def store(self, family: str, values: Mapping[str, str]) -> int:
        """Make a new row; returns how many rows that are.

        Raises:
            SqlError: It cannot be made.
        """
        return await self._change(family, lambda table: Insert(table, values))

    async def update(
        self, family: str, conditions: Sequence[Condition], values: Mapping[str, str]
    ) -> int:
        """Change rows; returns how many.

        Raises:
            SqlError: They cannot be changed.
        """
        wanted = tuple(conditions)
        return await self._change(family, lambda table: Update(table, wanted, values))

    async def destroy(self, family: str, conditions: Sequence[Condition]) -> int:
        """Remove rows; returns how many.

        Raises:
            SqlError: They cannot be removed.
        """
        if not conditions:
            raise RefusedError(f"{family}: which rows?", for_good=True)
        return await self._change(family, lambda table: Delete(table, tuple(conditions)))

    async def _change(self, family: str, make: Callable[[str], Change]) -> int:
        targets = self.families.get(family, ())
        if not targets:
            raise SqlError(f"extconfig.conf does not map {family!r}")
        target = targets[0]
        change = make(target.table)
        touched = await self._databases.change([target.source], change)
        known = self._known[target].change(change)
        self._keep(target)
        return known if touched is None else touched
