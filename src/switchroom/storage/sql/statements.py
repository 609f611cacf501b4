"""What is asked of a table: rows found by conditions, inserted, changed, deleted.

A statement here says what is meant, in plain values that can be kept in a journal; it becomes SQL
when the columns of the table are known. Values are bound, never written into the SQL. Columns that
a table does not have are left out of what is written, as in the original.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from switchroom.storage.sql.errors import RefusedError
from switchroom.storage.sql.shape import Shape

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Executable
    from sqlalchemy.sql.expression import TableClause

OPERATORS = ("=", "!=", "<>", "<", "<=", ">", ">=", "LIKE", "NOT LIKE")


@dataclass(frozen=True, slots=True)
class Condition:
    """``column operator value``."""

    column: str
    value: str
    operator: str = "="


@dataclass(frozen=True, slots=True)
class Find:
    """Rows for which all conditions hold."""

    table: str
    conditions: tuple[Condition, ...] = ()
    order_by: str = ""


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row."""

    table: str
    values: Mapping[str, str | None]
    numbers: Mapping[str, str] = field(default_factory=dict)  #: for columns that hold no text


@dataclass(frozen=True, slots=True)
class Update:
    """Other values for rows."""

    table: str
    conditions: tuple[Condition, ...]
    values: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Delete:
    """Rows go."""

    table: str
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """SQL that is written out."""

    sql: str
    fallback: str = ""  #: run where the first touched no row
    table: str = field(default="", init=False)


Change = Insert | Update | Delete | Text


def build(statement: Find | Insert | Update | Delete, shape: Shape) -> Executable:
    """The statement as SQLAlchemy runs it.

    Raises:
        RefusedError: A condition is on a column that the table does not have.
    """
    builder = _Builder(shape)
    match statement:
        case Find():
            return builder.find(statement)
        case Insert():
            values = builder.values(statement.values, statement.numbers)
            return builder.table.insert().values(values)
        case Update():
            update = builder.table.update().where(*builder.all_of(statement.conditions))
            return update.values(builder.values(statement.values))
        case Delete():
            return builder.table.delete().where(*builder.all_of(statement.conditions))


class _Builder:
    def __init__(self, shape: Shape) -> None:
        from sqlalchemy import column, table

        schema, _, name = shape.table.rpartition(".")
        self._shape = shape
        # Columns have no type here: what comes back is what the driver makes of it.
        self.table: TableClause = table(
            name, *(column(each) for each in shape.types), schema=schema or None
        )

    def find(self, statement: Find) -> Executable:
        from sqlalchemy import select

        query = select(self.table).where(*self.all_of(statement.conditions))
        ordered_by = self._shape.find(statement.order_by) if statement.order_by else None
        return query if ordered_by is None else query.order_by(self.table.c[ordered_by])

    def values(
        self, values: Mapping[str, str | None], numbers: Mapping[str, str] = MappingProxyType({})
    ) -> dict[str, Any]:
        """Bound values by column, those of columns that are not there left out."""
        found: dict[str, Any] = {}
        for name, value in values.items():
            if (column := self._shape.find(name)) is not None:
                kind = self._shape.types[column]
                if name in numbers and not _is_text(kind):
                    found[column] = self._bound(column, _number(numbers[name], kind))
                else:
                    found[column] = self._bound(column, value)
        if not found:
            message = f"the table {self._shape.table} has none of the columns {', '.join(values)}"
            raise RefusedError(message)
        return found

    def _bound(self, column: str, value: str | None) -> Any:
        from sqlalchemy import null

        if value is None:
            return null()
        value = storable(value)
        kind = self._shape.types[column]
        is_text = _is_text(kind)
        length = self._shape.length_of(column) if is_text else None
        if length is not None:
            value = value[:length]
        if not is_text and not value.strip():
            return null()  # nothing is no number and no time
        return self._typed(value, kind, is_text=is_text)

    def _typed(self, value: str, kind: Any, *, is_text: bool) -> Any:
        from sqlalchemy import Text as SqlText
        from sqlalchemy import bindparam, cast
        from sqlalchemy.types import NullType

        bound = bindparam(None, value, type_=SqlText(), unique=True)
        if not self._shape.casts or is_text or isinstance(kind, NullType):
            return bound
        return cast(cast(bound, SqlText()), kind)

    def all_of(self, conditions: Sequence[Condition]) -> list[ColumnElement[bool]]:
        return [self._condition(each) for each in conditions]

    def _condition(self, condition: Condition) -> ColumnElement[bool]:
        from sqlalchemy import Text as SqlText
        from sqlalchemy import cast

        name = self._shape.find(condition.column)
        if name is None:
            message = f"the table {self._shape.table} has no column {condition.column!r}"
            raise RefusedError(message, for_good=True)
        kind = self._shape.types[name]
        is_text = _is_text(kind)
        column: Any = self.table.c[name]
        wanted = storable(condition.value)
        if condition.operator.endswith("LIKE"):
            if self._shape.casts and not is_text:
                column = cast(column, SqlText())
            value = self._typed(wanted, SqlText(), is_text=True)
            like = column.like(value, escape="\\")
            found: ColumnElement[bool] = ~like if condition.operator.startswith("NOT") else like
            return found
        value = self._typed(wanted, kind, is_text=is_text)
        match condition.operator:
            case "=":
                return column == value  # type: ignore[no-any-return]  # a column of no type
            case "!=" | "<>":
                return column != value  # type: ignore[no-any-return]  # as above
            case operator:
                return column.op(operator, is_comparison=True)(value)  # type: ignore[no-any-return]


def _number(text: str, kind: Any) -> str:
    """A number as a column takes it: whole where it holds whole ones."""
    from sqlalchemy import Integer

    return text.partition(".")[0] if isinstance(kind, Integer) else text


def storable(text: str) -> str:
    """A text as every database takes it: no octet that is no UTF-8, no NUL."""
    octets = text.encode("utf-8", "surrogateescape").replace(b"\0", b"")
    return octets.decode("utf-8", "replace")


def _is_text(kind: Any) -> bool:
    from sqlalchemy import Enum, String

    return isinstance(kind, String) and not isinstance(kind, Enum)


def parse_condition(text: str, value: str) -> Condition:
    """``name``, or ``name LIKE``, ``name >=`` and the like, as realtime families are asked."""
    words = text.split()
    operator = " ".join(words[1:]).upper() or "="
    if not words or operator not in OPERATORS:
        raise RefusedError(f"no condition: {text!r}", for_good=True)
    return Condition(words[0], value, operator)


def change_to_json(change: Change) -> str:
    """A change as a line of a journal."""
    match change:
        case Text():
            return json.dumps({"sql": change.sql, "fallback": change.fallback})
        case Insert():
            numbers = dict(change.numbers)
            values = dict(change.values)
            return json.dumps({"insert": change.table, "values": values, "numbers": numbers})
        case Update():
            values = dict(change.values)
            return json.dumps(
                {"update": change.table, "where": _where(change.conditions), "values": values}
            )
        case Delete():
            return json.dumps({"delete": change.table, "where": _where(change.conditions)})


def change_from_json(text: str) -> Change:
    """What :func:`change_to_json` wrote.

    Raises:
        ValueError: It is something else.
    """
    try:
        found = json.loads(text)
        if "sql" in found:
            return Text(found["sql"], found["fallback"])
        if "insert" in found:
            return Insert(found["insert"], found["values"], found["numbers"])
        conditions = tuple(Condition(*each) for each in found["where"])
        if "update" in found:
            return Update(found["update"], conditions, found["values"])
        return Delete(found["delete"], conditions)
    except (KeyError, TypeError) as error:
        raise ValueError(f"no change of a database: {error}") from error


def _where(conditions: Sequence[Condition]) -> list[tuple[str, str, str]]:
    return [(each.column, each.value, each.operator) for each in conditions]
