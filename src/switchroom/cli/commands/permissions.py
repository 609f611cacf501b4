"""``cli …``: who may give which commands, and other words for them."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.permissions import CliAliases, CliPermissions, CommandRights
from switchroom.cli.registry import Arguments, UsageError, command


@command("cli show permissions")
def show_permissions(context: CliContext, arguments: Arguments) -> str:
    """List who may give which commands (cli_permissions.conf)."""
    if arguments:
        raise UsageError
    found = context.pbx.datastore(CliPermissions)
    lines = []
    for name, rules in found.rules.items():
        kind = "group" if name.startswith("@") else "user"
        lines.append(f"{kind}: {name.lstrip('@')}")
        lines += [f"  {'permit' if permits else 'deny'} -> {what}" for permits, what in rules]
    default = "permit" if found.permits_by_default else "deny"
    return "".join(f"{line}\n" for line in [*lines, f"Default: {default}"])


@command("cli check permissions", "cli check permissions {<user>|@<group>} <command>")
def check_permissions(context: CliContext, arguments: Arguments) -> str:
    """Say whether somebody may give a command."""
    if len(arguments) < 2:
        raise UsageError
    who, *words = arguments
    found = context.pbx.datastore(CliPermissions)
    rights = CommandRights(tuple(found.rules.get(who, ())), found.permits_by_default)
    may = "allowed" if rights.allows(words) else "not allowed"
    kind = "Group" if who.startswith("@") else "User"
    return f"{kind} '{who.lstrip('@')}' is {may} to run command: '{' '.join(words)}'\n"


@command("cli reload permissions")
async def reload_permissions(context: CliContext, arguments: Arguments) -> str:
    """Read cli_permissions.conf anew."""
    if arguments:
        raise UsageError
    await context.node.reload("cli")
    return ""


@command("cli show aliases")
def show_aliases(context: CliContext, arguments: Arguments) -> str:
    """List other words for commands (cli_aliases.conf)."""
    if arguments:
        raise UsageError
    rows = sorted(context.pbx.datastore(CliAliases).aliases.items())
    head = f"{'Alias Command':<30} {'Real Command':<60}\n"
    return head + "".join(f"{alias:<30} {real:<60}\n" for alias, real in rows)
