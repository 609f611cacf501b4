"""``core show help``."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, collect_commands, command


def _words(_: CliContext, arguments: Arguments) -> Iterable[str]:
    depth = len(arguments)
    commands = collect_commands().beginning_with(arguments)
    return {each.words[depth] for each in commands if len(each.words) > depth}


@command("core show help", "core show help [topic]", aliases=("help",), complete=_words)
def show_help(_: CliContext, arguments: Arguments) -> str:
    """List the commands, or explain one.

    With the words of a command its usage is shown; with the first words of several they are
    listed.
    """
    table = collect_commands()
    found = table.find(arguments)
    if found is not None and not found[1]:
        return found[0].usage
    commands = table.beginning_with(arguments)
    if not commands:
        return f"No such command '{' '.join(arguments)}'.\n"
    return "".join(f"{each.name:>30}  {each.summary}\n" for each in commands)
