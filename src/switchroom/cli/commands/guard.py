"""``guard …``: who is not heard because of failed attempts."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command

ALL = "all"


def _banned(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [*(each.source for each in context.guard.bans()), ALL]


@command("guard show")
def show(context: CliContext, arguments: Arguments) -> str:
    """List the addresses that are banned, for how long still, and how much they sent since."""
    if arguments:
        raise UsageError
    bans = context.guard.bans()
    if not bans:
        return "Nobody is banned\n"
    lines = [f"{'Source':<44} {'Seconds left':>12} {'Dropped':>10}\n"]
    lines += [f"{each.source:<44} {each.seconds_left:>12.0f} {each.dropped:>10}\n" for each in bans]
    return "".join(lines)


@command("guard ban", "guard ban <address> [<seconds>]")
def ban(context: CliContext, arguments: Arguments) -> str:
    """Hear nothing from an address, for so many seconds or as long as guard.conf says."""
    if len(arguments) not in {1, 2}:
        raise UsageError
    address = _address(arguments[0])
    if len(arguments) == 2 and not (arguments[1].isascii() and arguments[1].isdigit()):
        raise UsageError
    context.guard.ban(address, float(arguments[1]) if len(arguments) == 2 else None)
    return f"{address} is banned\n"


@command("guard unban", "guard unban <address> | all", complete=_banned)
def unban(context: CliContext, arguments: Arguments) -> str:
    """Hear an address again, or all of them."""
    if len(arguments) != 1:
        raise UsageError
    if arguments[0] == ALL:
        sources = [each.source for each in context.guard.bans()]
        return f"{sum(map(context.guard.unban, sources))} unbanned\n"
    address = _address(arguments[0])
    return f"{address} is heard again\n" if context.guard.unban(address) else "It is not banned\n"


def _address(text: str) -> str:
    """An address, or the site that stands for one in the list."""
    try:
        ip_address(text.partition("/")[0].partition("%")[0])
    except ValueError as error:
        raise UsageError from error
    return text.partition("/")[0]
