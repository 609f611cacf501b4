"""What a database answered, as texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

MAX_ROWS = 100_000  #: of one answer; the rest is not fetched


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query, or how many rows a change touched."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    affected: int = 0

    def mappings(self) -> list[dict[str, str]]:
        """Each row by column; what is NULL is left out."""
        return [
            {
                name: value
                for name, value in zip(self.columns, row, strict=True)
                if value is not None
            }
            for row in self.rows
        ]


def text_of(value: object) -> str | None:
    """A value as ODBC gives it to who asks for text."""
    match value:
        case None | str():
            return value
        case bool():
            text = str(int(value))
        case bytes() | bytearray() | memoryview():
            text = bytes(value).decode("utf-8", "surrogateescape")
        case datetime():
            text = value.isoformat(sep=" ")
        case date() | time():
            text = value.isoformat()
        case Decimal():
            text = format(value, "f")
        case list() | tuple():
            text = "{" + ",".join(text_of(each) or "" for each in value) + "}"
        case _:
            text = str(value)
    return text
