"""``queue callbacks``: who is called back instead of waiting."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.apps.queues.callbacks import Callbacks
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.queues.desk import Desks


@command("queue callbacks", "queue callbacks [<queue>]")
def show(context: CliContext, arguments: Arguments) -> str:
    """List who is called back instead of waiting, by their place."""
    if len(arguments) > 1:
        raise UsageError
    now = context.pbx.datastore(Desks).now()
    found = [
        each
        for each in context.pbx.datastore(Callbacks).values()
        if not arguments or each.queue == arguments[0]
    ]
    if not found:
        return "No callbacks\n"
    found.sort(key=lambda each: (each.queue, -each.priority, each.joined_at))
    head = f"{'ID':<24} {'Queue':<16} {'Number':<20} {'Since':>7} {'Tried':>6}  State\n"
    lines = [
        f"{each.identity:<24} {each.queue:<16} {each.number:<20} {now - each.joined_at:>6.0f}s"
        f" {each.tried:>3}/{each.plan.attempts:<2}  {each.status}\n"
        for each in found
    ]
    return head + "".join(lines)


def _identities(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else context.pbx.datastore(Callbacks)


@command("queue cancel callback", "queue cancel callback <id>", complete=_identities)
def cancel(context: CliContext, arguments: Arguments) -> str:
    """Call somebody back no more."""
    if len(arguments) != 1:
        raise UsageError
    if not context.pbx.datastore(Callbacks).cancel(context.pbx, arguments[0], "CLI"):
        raise CommandFailedError(f"there is no callback {arguments[0]!r}")
    return f"Callback {arguments[0]} is cancelled\n"
