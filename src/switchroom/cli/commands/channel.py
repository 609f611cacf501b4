"""``channel …``: make channels and end them."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from switchroom.cli.commands.channels import channel_names
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.pbx.originate import Origination, RunApplication, RunDialplan, originate
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.telling import request_hangup as ask_to_end

logger = logging.getLogger(__name__)


def _originate_words(context: CliContext, arguments: Arguments) -> Iterable[str]:
    match len(arguments):
        case 0:
            return [f"{name}/" for name in context.pbx.technologies]
        case 1:
            return ("application", "extension")
        case 2 if arguments[1] == "application":
            return tuple(context.applications)
        case 2:
            return tuple(f"@{name}" for name in context.dialplan.context_names())
        case _:
            return ()


@command(
    "channel originate",
    "channel originate <tech/data> application <appname> [appdata]",
    "channel originate <tech/data> extension [exten@][context]",
    aliases=("originate",),
    complete=_originate_words,
)
def originate_channel(context: CliContext, arguments: Arguments) -> str:
    """Dial somebody, and when they answer run an application or go to an extension.

    Without an extension it is ``s``, without a context ``default``. The command does not wait
    for the answer.
    """
    if len(arguments) < 3 or "/" not in arguments[0]:
        raise UsageError
    resource, kind, target, *data = arguments
    then: RunApplication | RunDialplan
    if kind.lower() == "application":
        then = RunApplication(target, " ".join(data))
    elif kind.lower() == "extension" and not data:
        extension, at, name = target.partition("@")
        then = RunDialplan(name or "default", (extension or "s") if at else target)
    else:
        raise UsageError
    pbx = context.pbx
    pbx.spawn(_dial(pbx, Origination(resource, then)), name=f"originate {resource}")
    return ""


async def _dial(pbx: Pbx, what: Origination) -> None:
    outcome = await originate(pbx, what)
    if outcome.answered is None:
        logger.warning("originate %s: %s", what.resource, outcome.status)


def _hangup_words(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return ("all", *channel_names(context, ())) if not arguments else channel_names(context, ())


@command(
    "channel request hangup",
    "channel request hangup <all>|<channel> [<channel> ...]",
    aliases=("hangup request",),
    complete=_hangup_words,
)
def request_hangup(context: CliContext, arguments: Arguments) -> str:
    """Ask channels to end: those named, or all of them."""
    if not arguments:
        raise UsageError
    channels = context.pbx.channels
    names = list(channels) if [a.lower() for a in arguments] == ["all"] else list(arguments)
    lines = []
    for name in names:
        channel = channels.get(name)
        if channel is None:
            # The other half of a Local channel ends with the first one; "all" asked for both.
            if name in arguments:
                lines.append(f"{name} is not a known channel\n")
                continue
        else:
            ask_to_end(channel)
        lines.append(f"Requested Hangup on channel '{name}'\n")
    return "".join(lines)


@command(
    "channel redirect",
    "channel redirect <channel> <[[context,]exten,]priority>",
    complete=channel_names,
)
def redirect(context: CliContext, arguments: Arguments) -> str:
    """Send a channel to a place in the dialplan."""
    if len(arguments) != 2:
        raise UsageError
    channel = context.pbx.channels.get(arguments[0])
    if channel is None:
        return f"Channel '{arguments[0]}' not found\n"
    *before, priority = arguments[1].split(",")
    extension = before[-1] if before else channel.extension
    name = before[-2] if len(before) > 1 else channel.context
    number = context.pbx.dialplan.find_priority(channel, name, extension, priority)
    if number is None or not context.pbx.dialplan.exists(channel, extension, number, name):
        return f"Channel '{channel.name}' cannot go to '{arguments[1]}': there is no such place\n"
    channel.redirect(name, extension, number)
    return f"Channel '{channel.name}' successfully redirected to {arguments[1]}\n"
