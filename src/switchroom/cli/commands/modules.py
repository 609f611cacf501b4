"""``module …``: what stands here for the modules of the original."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.functions.modules import can_be_reloaded, is_module, modules


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [f"{name}.so" for name, _ in modules(context.pbx)]


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
        f"{name + '.so':<30} {text:<40.40} {0:<10} {'Running':<11} {'core':>13}\n"
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
    """As module reload."""
    if not arguments:
        raise UsageError
    return await _reload(context, arguments[0])


@command("module load", "module load <module>", complete=_names)
def load(context: CliContext, arguments: Arguments) -> str:
    """Say whether a module is there: all are, always."""
    if not arguments:
        raise UsageError
    name = arguments[-1]
    if is_module(context.pbx, name):
        return f"Module '{name}' already loaded and running.\n"
    return f"Unable to load module {name}\n"


@command("module unload", "module unload <module>", complete=_names)
def unload(context: CliContext, arguments: Arguments) -> str:
    """Refuse: nothing can be taken away from a running node."""
    if not arguments:
        raise UsageError
    return f"Unable to unload resource {arguments[-1]}\n"
