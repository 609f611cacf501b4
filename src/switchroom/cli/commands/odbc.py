"""``odbc …``: databases, and the functions of func_odbc.conf tried out."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.config.func_odbc import SqlFunction
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.sql_functions import SqlFunctionBook, statement
from switchroom.pbx.outsider import outsider
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.source import Source
from switchroom.storage.sql.statements import Text


def _classes(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else context.pbx.datastore(Databases).sources


def _functions(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else context.pbx.datastore(SqlFunctionBook)


@command("odbc show", "odbc show [class]", complete=_classes)
def show(context: CliContext, arguments: Arguments) -> str:
    """Show databases: connections in use, whether they answer, and how many changes wait."""
    if len(arguments) > 1:
        raise UsageError
    databases = context.pbx.datastore(Databases)
    if not databases.sources:
        # Without a database there is no such command in the original either (recorded).
        word = "odbc show"
        return (
            f"No such command '{word}' (type 'core show help {word}' for other possible commands)\n"
        )
    wanted = set(arguments) or databases.sources.keys()
    found = [each for each in databases.sources.values() if each.name in wanted]
    return "\nODBC DSN Settings\n-----------------\n\n" + "".join(
        _described(each, databases.waiting(each.name)) for each in found
    )


def _described(source: Source, waiting: int) -> str:
    state = "Connected" if source.is_up else f"Not reachable: {source.why_down}"
    most = source.settings.max_connections
    return (
        f"  Name:   {source.name}\n"
        f"  DSN:    {source.settings.shown_url}\n"
        f"    Number of active connections: {source.in_use} (out of {most})\n"
        f"    Status: {state}\n"
        f"    Changes that wait: {waiting}\n\n"
    )


def _find(context: CliContext, name: str) -> SqlFunction:
    book = context.pbx.datastore(SqlFunctionBook)
    for each in book.values():
        if name.lower() in {each.name.lower(), each.name.partition("_")[2].lower()}:
            return each
    raise CommandFailedError(f"No such query '{name}' found")


@command("odbc read", "odbc read <name> <args> [exec]", complete=_functions)
async def read(context: CliContext, arguments: Arguments) -> str:
    """Show the statement that a function reads with, or run it.

    The arguments are one word, with commas between them.
    """
    if len(arguments) not in {2, 3} or arguments[2:] not in ([], ["exec"]):
        raise UsageError
    function = _find(context, arguments[0])
    if not function.read_sql:
        raise CommandFailedError(f"The function {function.name} has no readsql parameter.")
    channel = outsider(context.pbx)
    sql = await statement(channel, function.read_sql, separate(arguments[1]))
    if len(arguments) == 2:
        return f"{sql}\n"
    databases = context.pbx.datastore(Databases)
    answer = await databases.read(
        function.read_from, lambda session: session.run_text(sql), patient=True
    )
    lines = [
        "".join(
            f"{name:<20}  {value or ''}\n" for name, value in zip(answer.columns, row, strict=True)
        )
        for row in answer.rows
    ]
    plural = "" if len(lines) == 1 else "s"
    return "\n".join(lines) + f"Returned {len(lines)} row{plural}.\n"


@command("odbc write", "odbc write <name> <args> <value> [exec]", complete=_functions)
async def write(context: CliContext, arguments: Arguments) -> str:
    """Show the statement that a function writes with, or run it.

    Arguments and values are one word each, with commas between them.
    """
    if len(arguments) not in {3, 4} or arguments[3:] not in ([], ["exec"]):
        raise UsageError
    function = _find(context, arguments[0])
    if not function.write_sql:
        raise CommandFailedError(f"The function {function.name} has no writesql parameter.")
    channel = outsider(context.pbx)
    words, value = separate(arguments[1]), arguments[2]
    sql = await statement(channel, function.write_sql, words, value)
    if len(arguments) == 3:
        return f"{sql}\n"
    other = ""
    if function.insert_sql:
        other = await statement(channel, function.insert_sql, words, value)
    databases = context.pbx.datastore(Databases)
    rows = await databases.change(function.write_to, Text(sql, other))
    return "It waits for its database.\n" if rows is None else f"Affected {rows} rows.\n"
