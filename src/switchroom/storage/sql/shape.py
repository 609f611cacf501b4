"""What columns a table has: asked of the database now and then, and when something is refused."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from switchroom.storage.sql.errors import RefusedError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a table, by name."""

    table: str  #: ``schema.table``, or the table alone
    types: dict[str, Any]  #: SQLAlchemy's
    key: tuple[str, ...]  #: of its primary key
    casts: bool  #: a text must be made a value of a column's type: PostgreSQL

    def length_of(self, column: str) -> int | None:
        """How long a text it takes; None: any."""
        length = getattr(self.types[column], "length", None)
        return length if isinstance(length, int) else None

    def find(self, name: str) -> str | None:
        """A column by its name in any case of letters."""
        if name in self.types:
            return name
        lower = name.lower()
        return next((each for each in self.types if each.lower() == lower), None)


KEPT_FOR = 60.0  #: seconds: a column that is added is seen a minute later at the latest


class Shapes(dict[str, Shape]):
    """The tables of a database that somebody asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._asked_at = float("-inf")

    async def of(self, connection: AsyncConnection, table: str) -> Shape:
        """The columns of a table.

        Raises:
            RefusedError: There is none.
        """
        now = asyncio.get_running_loop().time()
        if now - self._asked_at > KEPT_FOR:
            self.clear()
            self._asked_at = now
        shape = self.get(table)
        if shape is None:
            shape = self[table] = await connection.run_sync(_inspect, table)
        return shape


def _inspect(connection: Connection, table: str) -> Shape:
    from sqlalchemy import inspect
    from sqlalchemy.exc import NoSuchTableError

    schema, _, name = table.rpartition(".")
    inspector = inspect(connection)
    try:
        columns = inspector.get_columns(name, schema or None)
        key = inspector.get_pk_constraint(name, schema or None)["constrained_columns"]
    except NoSuchTableError as error:
        raise RefusedError(f"there is no table {table}") from error
    casts = connection.dialect.name == "postgresql"
    return Shape(table, {each["name"]: each["type"] for each in columns}, tuple(key), casts)
