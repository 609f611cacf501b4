"""``core …``: the node itself."""

from __future__ import annotations

from switchroom.cli.context import CliContext, StopMode
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.cli.text import duration_text
from switchroom.cli.version import build_text


def _no_arguments(arguments: Arguments) -> None:
    if arguments:
        raise UsageError


@command("core show version")
def show_version(_: CliContext, arguments: Arguments) -> str:
    """Show which version runs.

    The first number is that of the Asterisk whose behaviour this is compared with, the second
    our own.
    """
    _no_arguments(arguments)
    return f"{build_text()}\n"


@command(
    "core show uptime",
    "core show uptime [seconds]",
    aliases=("uptime",),
    complete=lambda _, arguments: () if arguments else ("seconds",),
)
def show_uptime(context: CliContext, arguments: Arguments) -> str:
    """Show for how long the node has been up, and when it was last reloaded.

    With ``seconds`` as plain numbers, for scripts.
    """
    if arguments and list(arguments) != ["seconds"]:
        raise UsageError
    now = context.clock()
    lines = []
    for title, since in (
        ("System uptime", context.node.started_at),
        ("Last reload", context.node.reloaded_at),
    ):
        seconds = now - since
        text = str(max(0, int(seconds))) if arguments else duration_text(seconds)
        lines.append(f"{title}: {text}\n")
    return "".join(lines)


@command("core waitfullybooted")
async def wait_fully_booted(context: CliContext, arguments: Arguments) -> str:
    """Wait until calls are accepted."""
    _no_arguments(arguments)
    await context.node.fully_booted.wait()
    return "Asterisk has fully booted.\n"


@command("core reload", aliases=("reload",))
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read all of the configuration anew; where it is wrong, what was there stays."""
    _no_arguments(arguments)
    await context.node.reload()
    return ""


@command("core stop now", aliases=("stop now",))
def stop_now(context: CliContext, arguments: Arguments) -> str:
    """Hang up every call and end."""
    _no_arguments(arguments)
    context.node.stop(StopMode.NOW)
    return ""


@command("core stop gracefully", aliases=("stop gracefully",))
def stop_gracefully(context: CliContext, arguments: Arguments) -> str:
    """Take no new calls and end with the last one."""
    _no_arguments(arguments)
    context.node.stop(StopMode.GRACEFULLY)
    return ""


@command("core stop when convenient", aliases=("stop when convenient",))
def stop_when_convenient(context: CliContext, arguments: Arguments) -> str:
    """Go on as before and end as soon as no call is up."""
    _no_arguments(arguments)
    context.node.stop(StopMode.WHEN_CONVENIENT)
    return ""


@command("core abort shutdown")
def abort_shutdown(context: CliContext, arguments: Arguments) -> str:
    """Take back a stop that waits for calls to end."""
    _no_arguments(arguments)
    context.node.stop(StopMode.ABORT)
    return ""


@command("core restart now", aliases=("restart now",))
def restart_now(context: CliContext, arguments: Arguments) -> str:
    """Hang up every call and start anew."""
    _no_arguments(arguments)
    context.node.stop(StopMode.NOW, restarts=True)
    return ""


@command("core restart gracefully", aliases=("restart gracefully",))
def restart_gracefully(context: CliContext, arguments: Arguments) -> str:
    """Take no new calls and start anew behind the last one."""
    _no_arguments(arguments)
    context.node.stop(StopMode.GRACEFULLY, restarts=True)
    return ""


@command("core restart when convenient", aliases=("restart when convenient",))
def restart_when_convenient(context: CliContext, arguments: Arguments) -> str:
    """Go on as before and start anew as soon as no call is up."""
    _no_arguments(arguments)
    context.node.stop(StopMode.WHEN_CONVENIENT, restarts=True)
    return ""
