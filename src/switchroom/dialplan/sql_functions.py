"""Functions of the dialplan that are SQL statements: what ``func_odbc.conf`` declares.

A function asks its databases in order of preference. With all of them gone, one that reads gives
its last answer to the same statement, and one that writes leaves the statement in the journal.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from switchroom.config.func_odbc import SqlFunction
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.registry import Function, Rest
from switchroom.dialplan.sql_results import SqlResult, SqlResults, row_text
from switchroom.dialplan.sql_transactions import SqlTransactions
from switchroom.pbx.channel import Channel
from switchroom.storage.sql.answer import Answer
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.errors import SqlError, UnreachableError
from switchroom.storage.sql.statements import Text, storable
from switchroom.storage.sql.transaction import Transaction
from switchroom.storage.sql.writer import carry_out

logger = logging.getLogger(__name__)

MAX_KEPT_ROWS = 1000  #: of an answer that is kept for the time when the database is gone


class SqlFunctionBook(dict[str, SqlFunction]):
    """The configured functions by name. A datastore of the core."""


def make_function(config: SqlFunction) -> Function:
    """The function, as the dialplan calls it."""

    async def read(channel: Channel, arguments: Rest = "") -> str:
        return await read_sql(channel, config, arguments)

    async def write(channel: Channel, value: str, arguments: Rest = "") -> None:
        await write_sql(channel, config, arguments, value)

    synopsis = config.synopsis.rstrip(".") or "What an SQL statement of func_odbc.conf finds"
    usage = f"It is used as ``{config.name}({config.syntax})``.\n\n" if config.syntax else ""
    read.__doc__ = f"{synopsis}.\n\n{usage}It runs: {config.read_sql}\n"
    write.__doc__ = f"{synopsis}.\n\n{usage}It runs: {config.write_sql}\n"
    made = Function(config.name)
    if config.read_sql and config.read_from:
        made.add(read, write=False)
    if config.write_sql and config.write_to:
        made.add(write, write=True)
    return made


async def read_sql(channel: Channel, config: SqlFunction, arguments: str) -> str:
    """What a function reads as."""
    words = separate(arguments)
    _show(channel, rows=0, status="FAILURE")
    if not _has_enough(channel, config, words):
        return ""
    sql = await statement(channel, config.read_sql, words)
    try:
        answer = await _read(channel, config.read_from, sql)
    except SqlError as error:
        logger.warning("%s: %s: %s", channel.name, config.name, error)
        return ""
    channel.set_variable("~ODBCFIELDS~", ",".join(answer.columns))
    if config.is_multirow:
        result = SqlResult(answer, escapes_commas=config.escapes_commas, limit=config.row_limit)
        _show(channel, rows=result.count, status="SUCCESS" if result.count else "NODATA")
        return channel.datastore(SqlResults).keep(result)
    if not answer.rows:
        _show(channel, rows=0, status="NODATA")
        return ""
    _show(channel, rows=1, status="SUCCESS")
    return row_text(answer.rows[0], escapes_commas=config.escapes_commas)


async def write_sql(channel: Channel, config: SqlFunction, arguments: str, value: str) -> None:
    """Write a function."""
    words = separate(arguments)
    _show(channel, rows=-1, status="FAILURE")
    if not _has_enough(channel, config, words):
        return
    sql = await statement(channel, config.write_sql, words, value)
    other = await statement(channel, config.insert_sql, words, value) if config.insert_sql else ""
    change = Text(sql, other)
    try:
        transaction = _transaction(channel, config.write_to)
        if transaction is not None:
            rows: int | None = await transaction.run(lambda session: carry_out(session, change))
        else:
            rows = await channel.pbx.datastore(Databases).change(config.write_to, change)
    except SqlError as error:
        logger.warning("%s: %s: %s", channel.name, config.name, error)
        return
    if rows is None:
        logger.info("%s: %s waits for its database", channel.name, config.name)
    _show(channel, rows=rows or 0, status="SUCCESS")


async def statement(
    channel: Channel, text: str, arguments: Sequence[str], value: str | None = None
) -> str:
    """A statement with its variables: ARG1 and so on, VALUE and VAL1 and so on."""
    variables = {"ARGC": str(len(arguments)), **_numbered("ARG", arguments)}
    if value is not None:
        variables |= {"VALUE": value, **_numbered("VAL", separate(value))}
    with _set(channel, variables):
        return storable(await channel.pbx.dialplan.substitute(channel, text))


def _numbered(name: str, words: Sequence[str]) -> dict[str, str]:
    return {f"{name}{number}": word for number, word in enumerate(words, start=1)}


@contextmanager
def _set(channel: Channel, variables: dict[str, str]) -> Iterator[None]:
    """Variables of a statement; those that the call has under these names come back."""
    names = {*variables, *(n for n in channel.variables if _is_ours(n))}
    before = {name: channel.variables.pop(name, None) for name in names}
    channel.variables.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                channel.variables.pop(name, None)
            else:
                channel.variables[name] = value


def _is_ours(name: str) -> bool:
    """Whether it would be taken for one of the statement's: an argument that was not given."""
    return name[:3] in {"ARG", "VAL"} and name[3:].isdigit()


def _has_enough(channel: Channel, config: SqlFunction, words: Sequence[str]) -> bool:
    if len(words) >= config.least_arguments:
        return True
    message = "%s: %s needs %d arguments, not %d"
    logger.warning(message, channel.name, config.name, config.least_arguments, len(words))
    return False


def _show(channel: Channel, *, rows: int, status: str) -> None:
    channel.set_variable("ODBCROWS", str(rows))
    channel.set_variable("ODBCSTATUS", status)


def _transaction(channel: Channel, names: Sequence[str]) -> Transaction | None:
    """The channel's own, where the active one is on one of these databases."""
    transactions = channel.datastore(SqlTransactions)
    return next(filter(None, map(transactions.on, names)), None)


async def _read(channel: Channel, names: Sequence[str], sql: str) -> Answer:
    databases = channel.pbx.datastore(Databases)
    transaction = _transaction(channel, names)
    if transaction is not None:
        answer: Answer = await transaction.run(lambda session: session.run_text(sql))
        return answer
    key = f"sql\n{','.join(names)}\n{sql}"
    channel.variables.pop("ODBCAGE", None)
    try:
        answer = await databases.read(names, lambda session: session.run_text(sql), patient=True)
    except UnreachableError:
        kept = databases.copies.get(key) if databases.copies is not None else None
        if kept is None:
            raise
        text, at = kept
        channel.set_variable("ODBCAGE", str(max(0, int(channel.pbx.now() - at))))
        columns, rows = json.loads(text)
        return Answer(tuple(columns), tuple(map(tuple, rows)), len(rows))
    if databases.copies is not None and len(answer.rows) <= MAX_KEPT_ROWS:
        databases.copies.put(key, json.dumps([answer.columns, answer.rows]))
    return answer
