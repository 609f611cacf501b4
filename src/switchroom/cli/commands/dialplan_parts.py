"""``dialplan add|remove include|ignorepat|context``, ``dialplan eval``, ``dialplan exec``."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.base.errors import DialplanError
from switchroom.cli.commands.channels import channel_names
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.pbx.outsider import outsider


def _contexts(context: CliContext, arguments: Arguments) -> Iterable[str]:
    match len(arguments):
        case 0 | 2:
            return context.dialplan.context_names()
        case _:
            return ()


def _change(context: CliContext, arguments: Arguments, kind: str, *, add: bool) -> tuple[str, str]:
    """Add a part to a context (``X into context``), or remove it (``X from context``).

    Returns:
        The part and the context.
    """
    if len(arguments) != 3 or arguments[1] != ("into" if add else "from"):
        raise UsageError
    part, _, name = arguments
    context.dialplan.change_parts(name, kind, part, add=add)
    return part, name


@command(
    "dialplan add include", "dialplan add include <context> into <context>", complete=_contexts
)
def add_include(context: CliContext, arguments: Arguments) -> str:
    """Include a context in another, until the next reload."""
    included, name = _change(context, arguments, "include", add=True)
    return f"Context '{included}' included in '{name}' context\n"


@command(
    "dialplan remove include",
    "dialplan remove include <context> from <context>",
    complete=_contexts,
)
def remove_include(context: CliContext, arguments: Arguments) -> str:
    """Include a context in another no more, until the next reload."""
    included, name = _change(context, arguments, "include", add=False)
    return f"The dialplan context '{included}' is no longer included in '{name}'\n"


@command(
    "dialplan add ignorepat", "dialplan add ignorepat <pattern> into <context>", complete=_contexts
)
def add_ignorepat(context: CliContext, arguments: Arguments) -> str:
    """Let dial tone go on behind a number, until the next reload."""
    pattern, name = _change(context, arguments, "ignorepat", add=True)
    return f"Ignore pattern '{pattern}' added into '{name}' context\n"


@command(
    "dialplan remove ignorepat",
    "dialplan remove ignorepat <pattern> from <context>",
    complete=_contexts,
)
def remove_ignorepat(context: CliContext, arguments: Arguments) -> str:
    """Let dial tone end behind a number again."""
    pattern, name = _change(context, arguments, "ignorepat", add=False)
    return f"Ignore pattern '{pattern}' removed from '{name}' context\n"


@command("dialplan remove context", "dialplan remove context <context>", complete=_contexts)
def remove_context(context: CliContext, arguments: Arguments) -> str:
    """Remove a whole context, until the next reload."""
    if len(arguments) != 1:
        raise UsageError
    context.dialplan.change_parts(arguments[0], "context", "", add=False)
    return f"Removing context '{arguments[0]}'\n"


@command("dialplan eval function", "dialplan eval function <function>")
async def eval_function(context: CliContext, arguments: Arguments) -> str:
    """Say what a function gives, without a call."""
    if len(arguments) != 1:
        raise UsageError
    try:
        text = "${" + arguments[0] + "}"
        value = await context.pbx.dialplan.substitute(outsider(context.pbx), text)
    except DialplanError as error:
        raise CommandFailedError(str(error)) from error
    return f"Return Value: Success (0)\nResult: {value}\n"


@command(
    "dialplan exec application",
    "dialplan exec application <channel> <application> [<arguments>]",
    complete=channel_names,
)
def exec_application(context: CliContext, arguments: Arguments) -> str:
    """Let a channel execute an application at once, instead of what it does."""
    if not 2 <= len(arguments) <= 3:
        raise UsageError
    channel = context.pbx.channels.get(arguments[0])
    if channel is None:
        return f"Channel '{arguments[0]}' not found\n"
    name, data = arguments[1], "".join(arguments[2:])
    if name.lower() not in context.pbx.dialplan.applications:
        return f"There is no application '{name}'\n"

    async def work() -> None:
        waits = channel.pbx.dialplan.start_application(channel, name, data)
        if waits is not None:
            await waits

    channel.divert(work)
    return f"Channel '{channel.name}' executes {name}({data})\n"
