"""``logger …``, ``core set verbose|debug``: what is logged, and where."""

from __future__ import annotations

import asyncio
import logging

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.config.logger import LEVELS, parse_channel
from switchroom.ops.log_channels import LogChannels
from switchroom.pbx.step_log import StepLog

_SHOWN = ("NOTICE", "WARNING", "ERROR", "VERBOSE", "DEBUG", "TRACE", "DTMF", "SECURITY", "FAX")


def _channels(context: CliContext) -> LogChannels:
    return context.pbx.datastore(LogChannels)


@command("logger show channels")
def show_channels(context: CliContext, arguments: Arguments) -> str:
    """List where log lines go, and which."""
    if arguments:
        raise UsageError
    logs = _channels(context)
    rows = [
        f"{each.path or each.plan.name!s:<35} {each.type:<8} {each.plan.formatter:<10} "
        f"{'Enabled' if each.is_enabled else 'Disabled':<9}  - "
        f"{' '.join(level for level in _SHOWN if level in each.levels)} \n"
        for each in logs.channels
    ]
    head = f"Logger queue limit: {logs.plan.queue_limit}\n\n"
    head += f"{'Channel':<35} {'Type':<8} {'Formatter':<10} {'Status':<9} Configuration\n"
    head += f"{'-------':<35} {'----':<8} {'---------':<10} {'------':<9} -------------\n"
    return head + "".join(rows) + "\n"


@command("logger show levels")
def show_levels(_: CliContext, arguments: Arguments) -> str:
    """List the kinds of log lines."""
    if arguments:
        raise UsageError
    return "".join(f"{number:>2}  {name}\n" for number, name in enumerate(LEVELS))


@command("logger mute", aliases=("console mute",))
def mute(context: CliContext, arguments: Arguments) -> str:
    """Show no log lines on the server's console, or show them again."""
    if arguments:
        raise UsageError
    muted = _channels(context).mute()
    return f"Console is {'muted' if muted else 'not muted anymore'}.\n"


@command("logger rotate")
async def rotate(context: CliContext, arguments: Arguments) -> str:
    """Begin new log files; those before are kept under other names."""
    if arguments:
        raise UsageError
    await asyncio.to_thread(_channels(context).rotate)
    return ""


@command("logger reload")
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read logger.conf anew."""
    if arguments:
        raise UsageError
    await context.node.reload("logger")
    return ""


@command("logger add channel", "logger add channel <name> <levels>")
def add_channel(context: CliContext, arguments: Arguments) -> str:
    """Write log lines of these kinds into one more file, until the next reload."""
    if len(arguments) < 2:
        raise UsageError
    name, *levels = arguments
    found, unknown = parse_channel(name, " ".join(levels).replace(" ", ""))
    if unknown:
        return f"There is no level {unknown[0]!r}.\n"
    logs = _channels(context)
    if any(each.plan.name == name for each in logs.channels):
        return f"Logger channel '{name}' already exists.\n"
    done = logs.add(name, found.levels, found.formatter)
    return "" if done else f"ERROR: log channel '{name}' could not be created\n"


@command(
    "logger remove channel",
    "logger remove channel <name>",
    complete=lambda context, arguments: (
        () if arguments else [each.plan.name for each in _channels(context).channels]
    ),
)
def remove_channel(context: CliContext, arguments: Arguments) -> str:
    """Write no more into a file, until the next reload."""
    if len(arguments) != 1:
        raise UsageError
    if _channels(context).remove(arguments[0]):
        return f"Removed dynamic logger channel '{arguments[0]}'\n"
    return f"Logger channel '{arguments[0]}' not found\n"


@command(
    "logger set level",
    "logger set level {DEBUG|TRACE|NOTICE|WARNING|ERROR|VERBOSE|DTMF} {on|off}",
    complete=lambda _, arguments: LEVELS if not arguments else ("on", "off"),
)
def set_level(context: CliContext, arguments: Arguments) -> str:
    """Show a kind of lines on the server's console, or not."""
    if len(arguments) != 2 or arguments[0].upper() not in LEVELS:
        raise UsageError
    name, state = arguments[0].upper(), arguments[1].lower()
    if state not in {"on", "off"}:
        raise UsageError
    levels = {"DEBUG": logging.DEBUG, "WARNING": logging.WARNING, "ERROR": logging.ERROR}
    level = levels.get(name, logging.INFO)
    _channels(context).set_console(level if state == "on" else min(level + 10, logging.ERROR))
    return f"Logger status for '{name}' has been set to '{state}'.\n"


class Verbosity:
    """How much the console is shown, as the commands count it; by ``pbx.datastore``."""

    def __init__(self) -> None:
        self.verbose = self.debug = 0


def _set(context: CliContext, arguments: Arguments, what: str) -> str:
    if not arguments:
        raise UsageError
    found = context.pbx.datastore(Verbosity)
    before: int = getattr(found, what)
    text = arguments[0].lower()
    if text == "off":
        now = 0
    elif text.isdigit():
        now = int(text)
    else:
        raise UsageError
    setattr(found, what, now)
    if what == "verbose":
        context.pbx.datastore(StepLog).set_verbosity(context.pbx, now)
    level = logging.WARNING
    if found.debug:
        level = logging.DEBUG
    elif found.verbose:
        level = logging.INFO
    _channels(context).set_console(level)
    who = "Console verbose" if what == "verbose" else "Core debug"
    if before == now:
        return f"{who} is still {now or 'OFF'}.\n"
    return f"{who} was {before or 'OFF'} and is now {now or 'OFF'}.\n"


@command("core set verbose", "core set verbose [atleast] <level> [silent]")
def set_verbose(context: CliContext, arguments: Arguments) -> str:
    """Show more of what happens on the server's console; 0 or off: warnings alone."""
    return _set(context, [a for a in arguments if a not in {"atleast", "silent"}], "verbose")


@command("core set debug", "core set debug [atleast] <level> [module]")
def set_debug(context: CliContext, arguments: Arguments) -> str:
    """Show what is for developers on the server's console, or no more."""
    return _set(context, [a for a in arguments if a != "atleast"], "debug")
