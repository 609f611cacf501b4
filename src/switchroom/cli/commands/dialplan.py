"""``dialplan …``: show the dialplan, reload it, change it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from switchroom.cli.commands.channels import channel_names
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command

_EXTENSION = re.compile(r"(?P<extension>[^,]+),(?P<priority>[^,]+),(?P<application>.+)", re.DOTALL)


def _places(context: CliContext, arguments: Arguments) -> Iterable[str]:
    """Contexts, and ``extension@context``."""
    if arguments:
        return ()
    names = context.dialplan.context_names()
    return [
        *names,
        *(f"{each}@{name}" for name in names for each in context.dialplan.extension_names(name)),
    ]


@command("dialplan show", "dialplan show [[exten@]context]", complete=_places)
def show(context: CliContext, arguments: Arguments) -> str:
    """Show the dialplan: all of it, one context, or one extension."""
    if len(arguments) > 1:
        raise UsageError
    place = arguments[0] if arguments else ""
    extension, at, name = place.rpartition("@")
    text = context.dialplan.show(name, extension)
    if text or not place:
        return text
    if at and extension:
        raise CommandFailedError(f"There is no existence of {place} extension")
    raise CommandFailedError(f"There is no existence of '{name}' context")


@command("dialplan reload", aliases=("extensions reload", "ael reload"))
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read the dialplan anew; where it is wrong, the one that was there stays.

    Calls in progress go on with the dialplan that they started in.
    """
    if arguments:
        raise UsageError
    await context.dialplan.reload()
    return "Dialplan reloaded.\n"


@command("dialplan rollback")
async def rollback(context: CliContext, arguments: Arguments) -> str:
    """Return to the dialplan before the last reload.

    The files stay as they are: the next reload, or start, reads them again.
    """
    if arguments:
        raise UsageError
    await context.dialplan.rollback()
    return "Dialplan rolled back to the one before.\n"


@command("dialplan save", "dialplan save [<file>]")
def save(context: CliContext, arguments: Arguments) -> str:
    """Write the dialplan to extensions.conf, or to another file.

    What was changed on the console is kept that way. Included files become one, comments are
    lost; the file before is kept with ``.old`` behind its name. It needs ``static = yes`` and
    ``writeprotect = no`` in ``[general]``.
    """
    if len(arguments) > 1:
        raise UsageError
    return f"Dialplan saved to {context.dialplan.save(arguments[0] if arguments else '')}.\n"


@command("dialplan show globals")
def show_globals(context: CliContext, arguments: Arguments) -> str:
    """List the global variables."""
    if arguments:
        raise UsageError
    variables = sorted(context.pbx.global_variables.items())
    lines = [f"   {name}={value}\n" for name, value in variables]
    return "".join(lines) + f"\n    -- {len(lines)} variable(s)\n"


@command(
    "dialplan set global",
    "dialplan set global <name> <value>",
    complete=lambda context, arguments: () if arguments else tuple(context.pbx.global_variables),
)
def set_global(context: CliContext, arguments: Arguments) -> str:
    """Give a global variable a value."""
    if len(arguments) != 2:
        raise UsageError
    name, value = arguments
    context.pbx.set_global(name, value)
    return f"\n    -- Global variable '{name}' set to '{value}'\n"


@command(
    "dialplan set chanvar",
    "dialplan set chanvar <channel> <varname> <value>",
    complete=channel_names,
)
def set_chanvar(context: CliContext, arguments: Arguments) -> str:
    """Give a variable of a channel a value."""
    if len(arguments) != 3:
        raise UsageError
    name, variable, value = arguments
    channel = context.pbx.channels.get(name)
    if channel is None:
        raise CommandFailedError(f"Channel '{name}' not found")
    channel.set_variable(variable, value)
    return f"\n    -- Channel variable '{variable}' set to '{value}' for '{name}'\n"


@command("dialplan show chanvar", "dialplan show chanvar <channel>", complete=channel_names)
def show_chanvar(context: CliContext, arguments: Arguments) -> str:
    """List the variables of a channel."""
    if len(arguments) != 1:
        raise UsageError
    channel = context.pbx.channels.get(arguments[0])
    if channel is None:
        raise CommandFailedError(f"Channel '{arguments[0]}' not found")
    return "".join(f"{name}={value}\n" for name, value in sorted(channel.variables.items()))


def _add_words(context: CliContext, arguments: Arguments) -> Iterable[str]:
    match len(arguments):
        case 1:
            return ("into",)
        case 2:
            return context.dialplan.context_names()
        case 3:
            return ("replace",)
        case _:
            return ()


@command(
    "dialplan add extension",
    "dialplan add extension <exten>,<priority>,<app> into <context> [replace]",
    complete=_add_words,
)
def add_extension(context: CliContext, arguments: Arguments) -> str:
    """Add one priority of an extension, until the next reload.

    The priority is a number or ``hint``. One that is there already is changed only with
    ``replace``.
    """
    match list(arguments):
        case [what, "into", name]:
            replace = False
        case [what, "into", name, "replace"]:
            replace = True
        case _:
            raise UsageError
    parts = _EXTENSION.fullmatch(what)
    if parts is None:
        raise UsageError
    context.dialplan.add_extension(
        name, parts["extension"], parts["priority"], parts["application"], replace=replace
    )
    return f"Extension '{what}' added into '{name}' context\n"


def _remove_words(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [place for place in _places(context, ()) if "@" in place]


@command(
    "dialplan remove extension",
    "dialplan remove extension exten[/cid]@context [priority]",
    complete=_remove_words,
)
def remove_extension(context: CliContext, arguments: Arguments) -> str:
    """Remove an extension, or one priority of it, until the next reload."""
    if not 1 <= len(arguments) <= 2:
        raise UsageError
    place = arguments[0]
    extension, at, name = place.rpartition("@")
    if not at or not extension or not name:
        raise UsageError
    if len(arguments) == 1:
        context.dialplan.remove_extension(name, extension, None)
        return f"Whole extension {place} removed\n"
    if not re.fullmatch(r"[1-9][0-9]{0,6}", arguments[1]):
        raise UsageError
    context.dialplan.remove_extension(name, extension, int(arguments[1]))
    return f"Extension {place} with priority {arguments[1]} removed\n"
