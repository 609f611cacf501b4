"""``module …``: what stands here for the modules of the original."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.dialplan import modules as originals
from switchroom.dialplan.modules import Outcome, can_be_reloaded, modules


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [f"{name}.so" for name, _ in modules(context.pbx)]


def _unloaded(context: CliContext, arguments: Arguments) -> Iterable[str]:
    found = sorted(context.pbx.datastore(originals.Unloaded))
    return () if arguments else [f"{name}.so" for name in found]


def _unloadable(context: CliContext, _: Arguments) -> Iterable[str]:
    return [
        f"{name}.so"
        for name, _ in modules(context.pbx)
        if originals.can_be_unloaded(context.pbx, name)
    ]


@command(
    "module show",
    "module show [like <keyword>]",
    complete=lambda _, arguments: () if arguments else ("like",),
)
def show(context: CliContext, arguments: Arguments) -> str:
    """List the modules of the original whose work is done here."""
    wanted = ""
    if arguments:
        if len(arguments) != 2 or arguments[0].lower() != "like":
            raise UsageError
        wanted = arguments[1].lower()
    head = (
        f"{'Module':<30} {'Description':<40} {'Use Count':<10} {'Status':<11} "
        f"{'Support Level':>13}\n"
    )
    rows = [
        f"{name + '.so':<30} {text:<40.40} "
        f"{originals.use_count(context.pbx, name):<10} {'Running':<11} {'core':>13}\n"
        for name, text in modules(context.pbx)
        if wanted in f"{name}.so"
    ]
    return head + "".join(rows) + f"{len(rows)} modules loaded\n"


async def _reload(context: CliContext, name: str) -> str:
    known = can_be_reloaded(context.pbx, name)
    await context.node.reload(name)
    return f"Module '{name}' reloaded successfully.\n" if known else f"No such module '{name}'\n"


@command("module reload", "module reload [<module> …]", complete=_names)
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read what belongs to modules anew; without one, all of the configuration."""
    if not arguments:
        await context.node.reload()
        return ""
    return "".join([await _reload(context, name) for name in arguments])


@command("module refresh", "module refresh <module>", complete=_names)
async def refresh(context: CliContext, arguments: Arguments) -> str:
    """Unload a module and load it again; where nothing can be unloaded, read its files anew."""
    if len(arguments) != 1:
        raise UsageError
    name = arguments[0]
    if originals.unload(context.pbx, name) is Outcome.SUCCESS:
        originals.load(context.pbx, name)
    return await _reload(context, name)


@command("module load", "module load <module>", complete=_unloaded)
def load(context: CliContext, arguments: Arguments) -> str:
    """Let the dialplan know the applications and functions of a module again."""
    if len(arguments) != 1:
        raise UsageError
    name = arguments[0]
    match originals.load(context.pbx, name):
        case Outcome.SUCCESS:
            return f"Loaded {name}\n"
        case Outcome.ALREADY:
            return f"Module '{name}' already loaded and running.\n"
        case Outcome.FAILURE:
            raise CommandFailedError(f"Unable to load module {name}")


@command("module unload", "module unload [-f|-h] <module> […]", complete=_unloadable)
def unload(context: CliContext, arguments: Arguments) -> str:
    """Let the dialplan know the applications and functions of modules no longer.

    What a module does besides (a technology, a codec, a door) stays. With -f also where a channel
    is in one of its applications.
    """
    forced = bool(arguments) and arguments[0].lower() in {"-f", "-h"}
    names = arguments[1:] if forced else arguments
    if not names:
        raise UsageError
    told: list[str] = []
    for name in names:
        if originals.unload(context.pbx, name, forced=forced) is not Outcome.SUCCESS:
            raise CommandFailedError("\n".join([*told, f"Unable to unload resource {name}"]))
        told.append(f"Unloaded {name}")
    return "".join(f"{each}\n" for each in told)
