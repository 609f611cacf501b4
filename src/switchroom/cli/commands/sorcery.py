"""``sorcery memory cache …``: what is believed of tables of phones without a look."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.channels.sip.endpoints.memory_caches import MemoryCaches
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.config.sorcery import MemoryCache


def _words(context: CliContext, arguments: Arguments) -> Iterable[str]:
    caches = context.pbx.datastore(MemoryCaches)
    if not arguments:
        return caches.known
    found = caches.known.get(arguments[0])
    return caches.objects(found) if found is not None and len(arguments) == 1 else ()


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else context.pbx.datastore(MemoryCaches).known


def _found(
    context: CliContext, arguments: Arguments, *, most: int
) -> tuple[MemoryCaches, MemoryCache]:
    if not 1 <= len(arguments) <= most:
        raise UsageError
    caches = context.pbx.datastore(MemoryCaches)
    found = caches.known.get(arguments[0])
    if found is None:
        raise CommandFailedError(f"Specified sorcery memory cache '{arguments[0]}' does not exist")
    return caches, found


@command("sorcery memory cache show", "sorcery memory cache show <name>", complete=_names)
def show(context: CliContext, arguments: Arguments) -> str:
    """Show how many objects a cache holds, and for how long they are believed."""
    caches, found = _found(context, arguments, most=1)
    return (
        f"Sorcery memory cache: {found.name}\n"
        f"Number of objects within cache: {len(caches.objects(found))}\n"
        "There is no limit on the maximum number of objects in the cache\n"
        f"Number of seconds before object expires: {found.keep_for:.0f}\n"
    )


@command("sorcery memory cache dump", "sorcery memory cache dump <name>", complete=_names)
def dump(context: CliContext, arguments: Arguments) -> str:
    """List the objects of a cache, and how old they are."""
    caches, found = _found(context, arguments, most=1)
    rows = [f"{name:<40} {age:>10.0f}\n" for name, age in sorted(caches.objects(found).items())]
    return "".join(
        [f"Dumping sorcery memory cache '{found.name}':\n", f"{'Name':<40} {'Age':>10}\n", *rows]
    )


@command(
    "sorcery memory cache expire", "sorcery memory cache expire <cache name> [object name]",
    complete=_words,
)  # fmt: skip
def expire(context: CliContext, arguments: Arguments) -> str:
    """Have an object read anew before it is used again, or all of a cache."""
    return _expired(context, arguments, "removed from", most=2)


@command(
    "sorcery memory cache stale", "sorcery memory cache stale <cache name> [object name [reload]]",
    complete=_words,
)  # fmt: skip
def stale(context: CliContext, arguments: Arguments) -> str:
    """As sorcery memory cache expire: what is old is never used while it is read."""
    return _expired(context, arguments, "marked as stale in", most=3)


@command("sorcery memory cache populate", "sorcery memory cache populate <name>", complete=_names)
def populate(context: CliContext, arguments: Arguments) -> str:
    """Read nothing: all mapped tables are read whole at the start and once a minute."""
    _, found = _found(context, arguments, most=1)
    return f"All objects of sorcery memory cache '{found.name}' are known\n"


def _expired(context: CliContext, arguments: Arguments, done: str, *, most: int) -> str:
    caches, found = _found(context, arguments, most=most)
    name = arguments[1] if len(arguments) > 1 else ""
    if not caches.expire(found, name):
        raise CommandFailedError(
            f"Object '{name}' was not found in sorcery memory cache '{found.name}'"
        )
    what = f"Object '{name}'" if name else "All objects"
    return f"{what} {done} sorcery memory cache '{found.name}'\n"
