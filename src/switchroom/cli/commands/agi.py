"""``agi …``: what scripts may say, and commands for calls that wait for them."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.apps.agi import AgiDoor, AsyncCommands
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.pbx.channel_search import find_channel


def _topics(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else ("topic",)


@command("agi show commands", "agi show commands [topic <topic>]", complete=_topics)
def show_commands(context: CliContext, arguments: Arguments) -> str:
    """List the commands that scripts may give, or say how one is used."""
    usages = context.pbx.datastore(AgiDoor).usages
    if not arguments:
        lines = [f"{'Dead':>4} {'Command':<25} Description\n"]
        lines += [
            f"{'Yes' if runs_when_dead else 'No':>4} {name:<25} {usage.partition(chr(9))[2]}\n"
            for name, (runs_when_dead, usage) in sorted(usages.items())
        ]
        return "".join(lines)
    if arguments[0].lower() != "topic" or len(arguments) < 2:
        raise UsageError
    topic = " ".join(arguments[1:]).lower()
    found = [usage for name, (_, usage) in sorted(usages.items()) if name.startswith(topic)]
    if not found:
        raise CommandFailedError(f"No such command '{topic}'.")
    return "".join(f"Usage: {usage}\n" for usage in found)


@command("agi exec", "agi exec <channel> <command> [<id>]")
def execute(context: CliContext, arguments: Arguments) -> str:
    """Give a command to a call that waits in AGI(agi:async)."""
    if len(arguments) not in {2, 3}:
        raise UsageError
    channel = find_channel(context.pbx, arguments[0])
    if channel is None:
        raise CommandFailedError(f"Channel {arguments[0]} does not exist.")
    ticket = arguments[2] if len(arguments) > 2 else ""
    if not channel.datastore(AsyncCommands).add(arguments[1], ticket):
        raise CommandFailedError(f"Failed to add command to channel {channel.name}.")
    return f"Added AGI command to channel {channel.name} queue\n"
