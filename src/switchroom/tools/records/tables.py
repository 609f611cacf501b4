"""Reads the call records of a node from a table, where they go to a database."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from switchroom.base.errors import SwitchroomError
from switchroom.config.odbc import OdbcConfig
from switchroom.config.records.cdr_sql import CdrTable, ReadFile, read_cdr_tables
from switchroom.storage.cdr_sql import DISPOSITIONS
from switchroom.storage.sql.answer import MAX_ROWS, Answer
from switchroom.storage.sql.source import Session, Source, SourceSettings
from switchroom.storage.sql.statements import Find, build
from switchroom.storage.sql.thread import SqlThread
from switchroom.tools.records.gaps import CallLine

WITHIN = 60.0  #: seconds for a whole table

_FIELDS = ("channel", "dstchannel", "start", "disposition")
_TEMPLATE = re.compile(r"\$\{CDR\((?P<field>\w+)\)\}\Z")
_WORDS = {str(number): word for word, number in DISPOSITIONS.items()}


class TableError(SwitchroomError):
    """A table that cannot be read whole."""


def read_call_table(
    read_file: ReadFile, odbc: OdbcConfig, logs: Path
) -> tuple[Counter[CallLine], bool] | None:
    """The records of the first table that has what is needed, and whether its times are UTC.

    A table that by its filters has but some of the records is none of them.

    Args:
        read_file: Reads a file of the configuration folder.
        odbc: The databases by name.
        logs: The folder of logs, where the SQLite file is.

    Raises:
        TableError: It has too many rows.
        SqlError: The database does not answer, or has no such table.
    """
    for file in read_cdr_tables(read_file, logs):
        for table in file.tables:
            known = odbc.classes.get(table.source)
            url = file.url or (known.url if known is not None else "")
            columns = _columns(table)
            if url and columns is not None and not table.filters:
                settings = SourceSettings(table.source, url, answer_within=WITHIN)
                return _lines(_rows(settings, table.table), columns, table), table.in_utc
    return None


def _columns(table: CdrTable) -> dict[str, str] | None:
    """Which column has which field; None where one is missing."""
    given: Mapping[str, str] = table.columns
    if table.templates:
        matches = {column: _TEMPLATE.match(text) for column, text in table.templates.items()}
        given = {column: match["field"] for column, match in matches.items() if match is not None}
    found = {field: column for column, field in given.items()}
    if not table.only_columns and not table.templates:
        found = {field: field for field in _FIELDS} | found
    return found if set(_FIELDS) <= set(found) else None


def _rows(settings: SourceSettings, table: str) -> Answer:
    async def work(session: Session) -> Answer:
        return await session.run(build(Find(table), await session.shape(table)))

    thread = SqlThread()
    source = Source(thread, settings)
    try:
        answer = source.run_blocking(work, within=WITHIN)
    finally:
        thread.submit(source.close_here()).result(WITHIN)
        thread.close()
    if len(answer.rows) >= MAX_ROWS:
        raise TableError(f"{table} has more than {MAX_ROWS:,} rows, which are not read")
    return answer


def _lines(answer: Answer, columns: Mapping[str, str], table: CdrTable) -> Counter[CallLine]:
    is_number = columns["disposition"] in table.numbers
    disposition: Callable[[str], str] = (
        (lambda text: _WORDS.get(text, text)) if is_number else (lambda text: text)
    )
    return Counter(
        CallLine(
            row.get(columns["channel"], ""),
            row.get(columns["dstchannel"], ""),
            row.get(columns["start"], "")[:19],
            disposition(row.get(columns["disposition"], "")),
        )
        for row in answer.mappings()
    )
