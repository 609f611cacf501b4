"""``database …``: look into the AstDB and change it."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command


def _families(context: CliContext, arguments: Arguments) -> Iterable[str]:
    """Families for the first argument, the keys below it for the second."""
    prefix = "/".join(arguments)
    if len(arguments) > 1:
        return ()
    skipped = len(arguments) + 1
    parts = [key.split("/") for key, _ in context.pbx.astdb.items(prefix)]
    return {"/".join(part[skipped:]) if arguments else part[1] for part in parts} - {""}


def _keys(context: CliContext, arguments: Arguments) -> Iterable[str]:
    if arguments:
        return ()
    return {key.split("/", 2)[-1] for key, _ in context.pbx.astdb.items()}


def _listing(rows: list[tuple[str, str]]) -> str:
    lines = [f"{key:<50}: {value:<25}\n" for key, value in rows]
    return "".join(lines) + f"{len(rows)} results found.\n"


@command(
    "database show",
    "database show [family [keytree]]",
    "database show [family[/keytree]]",
    complete=_families,
)
def show(context: CliContext, arguments: Arguments) -> str:
    """Show what the AstDB holds.

    Everything, or one family, or the keys at and below one key of it. Family and key are two
    words, or one with a slash.
    """
    if len(arguments) > 2:
        raise UsageError
    return _listing(context.pbx.astdb.items("/".join(arguments)))


@command("database showkey", "database showkey <keytree>", complete=_keys)
def showkey(context: CliContext, arguments: Arguments) -> str:
    """Show one key in all families that have it."""
    if len(arguments) != 1:
        raise UsageError
    return _listing(context.pbx.astdb.find_key(arguments[0]))


@command("database get", "database get <family> <key>", complete=_families)
def get(context: CliContext, arguments: Arguments) -> str:
    """Show the value of one key."""
    if len(arguments) != 2:
        raise UsageError
    value = context.pbx.astdb.get(*arguments)
    return "Database entry not found.\n" if value is None else f"Value: {value}\n"


@command("database put", "database put <family> <key> <value>", complete=_families)
async def put(context: CliContext, arguments: Arguments) -> str:
    """Store a value; it is on disk when this returns."""
    if len(arguments) != 3:
        raise UsageError
    await context.pbx.astdb.put(*arguments)
    return "Updated database successfully\n"


@command("database del", "database del <family> <key>", complete=_families)
async def delete(context: CliContext, arguments: Arguments) -> str:
    """Remove one key."""
    if len(arguments) != 2:
        raise UsageError
    if await context.pbx.astdb.delete(*arguments):
        return "Database entry removed.\n"
    return "Database entry could not be removed.\n"


@command(
    "database deltree",
    "database deltree <family> [keytree]",
    "database deltree <family>[/keytree]",
    complete=_families,
)
async def deltree(context: CliContext, arguments: Arguments) -> str:
    """Remove a family, or the keys at and below one key of it."""
    if not 1 <= len(arguments) <= 2:
        raise UsageError
    family, _, key = "/".join(arguments).strip("/").partition("/")
    gone = await context.pbx.astdb.delete_tree(family, key)
    if not gone:
        return "Database entries do not exist.\n"
    return f"{gone} database entries removed.\n"


@command("database query", 'database query "<SQL Statement>"')
async def query(context: CliContext, arguments: Arguments) -> str:
    """Run one reading SQL statement on the table ``astdb(key, value)``.

    It cannot change anything: use put and del for that.
    """
    if len(arguments) != 1:
        raise UsageError
    rows = await context.pbx.astdb.query(arguments[0])
    return "".join(
        "".join(f"{name:<5}: {value:<50}\n" for name, value in row) + "\n" for row in rows
    )
