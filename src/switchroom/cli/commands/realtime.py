"""``realtime …``: rows of the families that extconfig.conf maps to databases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.databases import Databases
from switchroom.storage.sql.errors import SqlError
from switchroom.storage.sql.statements import Condition, parse_condition

_NOTHING = "No rows found matching search criteria.\n"
_MOST_PAIRS = 5


def _families(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else context.pbx.datastore(Realtime).families


def _line(name: str, value: str) -> str:
    return f"{name:>30}  {value:<30}\n"


@command("realtime load", "realtime load <family> <colmatch> <value>", complete=_families)
async def load(context: CliContext, arguments: Arguments) -> str:
    """Show the rows of a family whose column has a value."""
    if len(arguments) != 3:
        raise UsageError
    family, column, value = arguments
    rows = await context.pbx.datastore(Realtime).find(family, parse_condition(column, value))
    if not rows:
        return _NOTHING
    head = _line("Column Name", "Column Value") + _line("-" * 20, "-" * 20)
    return head + "\n".join(
        "".join(_line(name, value) for name, value in row.items()) for row in rows
    )


@command(
    "realtime update",
    "realtime update <family> <colmatch> <valuematch> <colupdate> <newvalue>",
    complete=_families,
)
async def update(context: CliContext, arguments: Arguments) -> str:
    """Change a column of the rows of a family whose other column has a value."""
    if len(arguments) != 5:
        raise UsageError
    family, column, value, changed, new = arguments
    return await _updated(context, family, [parse_condition(column, value)], {changed: new})


@command(
    "realtime update2",
    "realtime update2 <family> <colmatch> <valuematch> [... <colmatch5> <valuematch5>]"
    " NULL <colupdate> <newvalue>",
    complete=_families,
)
async def update2(context: CliContext, arguments: Arguments) -> str:
    """Change columns of the rows of a family where several columns have their values."""
    upper = [word.upper() for word in arguments]
    if "NULL" not in upper:
        raise UsageError
    middle = upper.index("NULL")
    family, changes = arguments[0], _pairs(arguments[middle + 1 :])
    return await _updated(context, family, _conditions(arguments[1:middle]), dict(changes))


async def _updated(
    context: CliContext, family: str, conditions: Sequence[Condition], values: dict[str, str]
) -> str:
    try:
        count = await context.pbx.datastore(Realtime).update(family, conditions, values)
    except SqlError as error:
        return f"Failed to update: {error}\n"
    return f"Updated {count} RealTime record{'' if count == 1 else 's'}.\n"


@command(
    "realtime store",
    "realtime store <family> <colname1> <value1> [<colname2> <value2> [... <colname5> <value5>]]",
    complete=_families,
)
async def store(context: CliContext, arguments: Arguments) -> str:
    """Make a new row in a family."""
    pairs = _pairs(arguments[1:])
    try:
        await context.pbx.datastore(Realtime).store(arguments[0], dict(pairs))
    except SqlError as error:
        return f"Failed to store record: {error}\n"
    return "Stored RealTime record.\n"


@command(
    "realtime destroy",
    "realtime destroy <family> <colmatch1> <valuematch1> [<colmatch2> <valuematch2>"
    " [... <colmatch5> <valuematch5>]]",
    complete=_families,
)
async def destroy(context: CliContext, arguments: Arguments) -> str:
    """Remove the rows of a family where all these columns have their values."""
    conditions = _conditions(arguments[1:])
    try:
        await context.pbx.datastore(Realtime).destroy(arguments[0], conditions)
    except SqlError as error:
        return f"Failed to remove record: {error}\n"
    return "Removed RealTime record.\n"


def _pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    if not words or len(words) % 2 or len(words) > 2 * _MOST_PAIRS:
        raise UsageError
    return list(zip(words[::2], words[1::2], strict=True))


def _conditions(words: Sequence[str]) -> list[Condition]:
    return [parse_condition(name, value) for name, value in _pairs(words)]


def _status(context: CliContext, arguments: Arguments, kinds: tuple[str, ...]) -> str:
    lines: list[str] = []
    databases = context.pbx.datastore(Databases)
    for source in databases.sources.values():
        is_wanted = not arguments or source.name.endswith(arguments[0])
        if is_wanted and source.settings.url.startswith(kinds):
            waiting = databases.waiting(source.name)
            state = "connected" if source.is_up else f"NOT connected: {source.why_down}"
            more = f", {waiting} changes wait" if waiting else ""
            lines.append(f"{source.name} ({source.settings.shown_url}): {state}{more}\n")
    return "".join(lines) or "No connections configured.\n"


@command("realtime mysql status", "realtime mysql status [<database>]")
def mysql_status(context: CliContext, arguments: Arguments) -> str:
    """Show whether MariaDB databases answer."""
    if len(arguments) > 1:
        raise UsageError
    return _status(context, arguments, ("mysql", "mariadb"))


@command("realtime show pgsql status")
def pgsql_status(context: CliContext, arguments: Arguments) -> str:
    """Show whether PostgreSQL databases answer."""
    if arguments:
        raise UsageError
    return _status(context, arguments, ("postgres",))


@command("core show config mappings")
def mappings(context: CliContext, arguments: Arguments) -> str:
    """Show which families of objects stand in which tables of databases."""
    if arguments:
        raise UsageError
    families = context.pbx.datastore(Realtime).families
    lines: list[str] = []
    for family, targets in sorted(families.items()):
        for target in targets:
            driver, _, name = target.source.rpartition(":")
            where = f"(db={name}, table={target.table})"
            lines.append(f"\nConfig Engine: {driver or 'odbc'}\n===> {family} {where}\n")
    return "\n" + "".join(lines)
