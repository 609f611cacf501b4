"""``core show resources``: how much of everything there is."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command


@command("core show resources")
def show(context: CliContext, arguments: Arguments) -> str:
    """Count what calls are made of, and what the process has of the system.

    Half a minute after the last call everything but the memory is back where it was: until then
    transactions are kept to answer what is sent again.
    """
    if arguments:
        raise UsageError
    return "".join(f"{name:<24}: {count:>9}\n" for name, count in context.census().items())
