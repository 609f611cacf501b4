"""``sorcery memory cache …``: what is read of phones is in memory whole, without caches."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command


@command("sorcery memory cache show", "sorcery memory cache show <name>")
def show(_: CliContext, arguments: Arguments) -> str:
    """Show a cache of objects: there is none, all of them are in memory."""
    return _no_cache(arguments, most=1)


@command("sorcery memory cache dump", "sorcery memory cache dump <name>")
def dump(_: CliContext, arguments: Arguments) -> str:
    """List the objects of a cache: there is none."""
    return _no_cache(arguments, most=1)


@command("sorcery memory cache expire", "sorcery memory cache expire <name> [<object>]")
def expire(_: CliContext, arguments: Arguments) -> str:
    """Forget objects of a cache: there is none."""
    return _no_cache(arguments, most=2)


@command("sorcery memory cache stale", "sorcery memory cache stale <name> [<object>]")
def stale(_: CliContext, arguments: Arguments) -> str:
    """Have objects of a cache read anew: there is none."""
    return _no_cache(arguments, most=2)


@command("sorcery memory cache populate", "sorcery memory cache populate <name>")
def populate(_: CliContext, arguments: Arguments) -> str:
    """Fill a cache: there is none."""
    return _no_cache(arguments, most=1)


def _no_cache(arguments: Arguments, *, most: int) -> str:
    if not 1 <= len(arguments) <= most:
        raise UsageError
    raise CommandFailedError(f"Specified sorcery memory cache '{arguments[0]}' does not exist")
