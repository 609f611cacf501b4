"""The last known copy of a table: what is asked of a database, answered without it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from switchroom.storage.sql.statements import Change, Condition, Delete, Insert, Update

Row = dict[str, str]


class KnownTable:
    """Rows as they were read last.

    Args:
        rows: What is known from before.
    """

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self.rows: list[Row] = list(rows)
        self._by_column: dict[str, dict[str, list[Row]]] = {}

    def find(self, conditions: Sequence[Condition]) -> list[Row]:
        """The rows for which all conditions hold."""
        rows: Sequence[Row] = self.rows
        tests = list(conditions)
        if tests and tests[0].operator == "=":
            first = tests.pop(0)
            rows = self._index(first.column).get(first.value, [])
        matches = [_test(each) for each in tests]
        return [row for row in rows if all(holds(row) for holds in matches)]

    def _index(self, column: str) -> dict[str, list[Row]]:
        index = self._by_column.get(column)
        if index is None:
            index = self._by_column[column] = {}
            for row in self.rows:
                value = _value(row, column)
                if value is not None:
                    index.setdefault(value, []).append(row)
        return index

    def replace(self, conditions: Sequence[Condition], rows: Sequence[Row]) -> bool:
        """These are the rows for which the conditions hold; returns whether that is news."""
        before = self.find(conditions)
        if before == list(rows):
            return False
        if conditions:
            gone = {id(row) for row in before}
            self.rows = [row for row in self.rows if id(row) not in gone]
            self.rows += rows
        else:
            self.rows = list(rows)
        self._by_column.clear()
        return True

    def change(self, change: Change) -> int:
        """Do what the database is still to be told; returns how many rows it touches."""
        count = 0
        match change:
            case Insert():
                self.rows.append({k: v for k, v in change.values.items() if v is not None})
                count = 1
            case Update():
                for row in self.find(change.conditions):
                    for name, value in change.values.items():
                        row.pop(name, None)
                        if value is not None:
                            row[name] = value
                    count += 1
            case Delete():
                gone = {id(row) for row in self.find(change.conditions)}
                self.rows = [row for row in self.rows if id(row) not in gone]
                count = len(gone)
            case _:
                pass
        self._by_column.clear()
        return count


def _value(row: Row, column: str) -> str | None:
    if column in row:
        return row[column]
    lower = column.lower()
    return next((value for name, value in row.items() if name.lower() == lower), None)


def _test(condition: Condition) -> Callable[[Row], bool]:
    column, wanted, operator = condition.column, condition.value, condition.operator
    if operator.endswith("LIKE"):
        expression = re.compile(_pattern(wanted), re.DOTALL)
        is_meant = not operator.startswith("NOT")

        def like(row: Row) -> bool:
            value = _value(row, column)
            return value is not None and bool(expression.fullmatch(value)) is is_meant

        return like

    def compare(row: Row) -> bool:
        value = _value(row, column)
        return value is not None and _compare(value, operator, wanted)

    return compare


def _compare(value: str, operator: str, wanted: str) -> bool:
    if operator == "=":
        return value == wanted
    if operator in {"!=", "<>"}:
        return value != wanted
    try:
        left: float | str = float(value)
        right: float | str = float(wanted)
    except ValueError:
        left, right = value, wanted
    order = (left > right) - (left < right)  # type: ignore[operator]  # both are of one kind
    return {"<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[operator]


def _pattern(text: str) -> str:
    """``LIKE`` as a regular expression."""
    parts: list[str] = []
    position = 0
    while position < len(text):
        letter = text[position]
        if letter == "\\" and position + 1 < len(text):
            position += 1
            parts.append(re.escape(text[position]))
        elif letter in "%_":
            parts.append(".*" if letter == "%" else ".")
        else:
            parts.append(re.escape(letter))
        position += 1
    return "".join(parts)
