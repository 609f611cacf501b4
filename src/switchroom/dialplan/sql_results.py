"""What SQL functions have found for a channel, row by row."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence

from switchroom.storage.sql.answer import Answer

MAX_RESULTS = 100  #: that a channel keeps; the oldest go

_ids = itertools.count(1)


class SqlResult:
    """The rows that are still to be fetched.

    Args:
        answer: All of it.
        escapes_commas: Commas in values are told from those between values.
        limit: How many rows count; 0: all.
    """

    def __init__(self, answer: Answer, *, escapes_commas: bool, limit: int = 0) -> None:
        self.columns = answer.columns
        rows = answer.rows[:limit] if limit else answer.rows
        self.count = len(rows)
        self._escapes_commas = escapes_commas
        self._rows = deque(rows)

    def next_row(self) -> str | None:
        """The next one as a text; None at the end."""
        if not self._rows:
            return None
        return row_text(self._rows.popleft(), escapes_commas=self._escapes_commas)


class SqlResults(dict[str, SqlResult]):
    """By id. A datastore of a channel."""

    def keep(self, result: SqlResult) -> str:
        """Keep a result; returns its id."""
        name = str(next(_ids))
        self[name] = result
        while len(self) > MAX_RESULTS:
            del self[next(iter(self))]
        return name


def row_text(row: Sequence[str | None], *, escapes_commas: bool) -> str:
    r"""The values with commas between them; ``\`` and ``,`` in a value get a ``\`` before them."""
    texts = [value or "" for value in row]
    if escapes_commas:
        texts = [text.replace("\\", "\\\\").replace(",", "\\,") for text in texts]
    return ",".join(texts)
