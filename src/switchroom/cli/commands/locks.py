"""``dialplan locks show``: which calls hold, and wait for, locks of the dialplan."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.pbx.named_locks import NamedLocks


@command("dialplan locks show")
def show_locks(context: CliContext, arguments: Arguments) -> str:
    """List the locks that LOCK() and TRYLOCK() took, who holds them and how many wait."""
    if arguments:
        raise UsageError
    rows = [
        f"{name:<25} {holder.name:<40} {waiting:>9}\n"
        for name, holder, waiting in context.pbx.datastore(NamedLocks).held()
    ]
    head = f"{'Name':<25} {'Owner':<40} {'Requesters':>9}\n"
    return head + "".join(rows) + f"{len(rows)} lock{'' if len(rows) == 1 else 's'}\n"
