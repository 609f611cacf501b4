"""``pjsip set maintenance``, ``pjsip show maintenance``."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.channels.sip.endpoints.maintenance import Maintenance
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command

ALL = "all"


def _words(context: CliContext, arguments: Arguments) -> Iterable[str]:
    if not arguments:
        return ("on", "off")
    return [*context.pbx.datastore(Maintenance).known(), ALL] if len(arguments) == 1 else ()


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else context.pbx.datastore(Maintenance).known()


@command("pjsip set maintenance", "pjsip set maintenance <on|off> <endpoint|all>", complete=_words)
def set_maintenance(context: CliContext, arguments: Arguments) -> str:
    """Let nobody call an endpoint, and it nobody, or let them again; calls that are up go on."""
    if len(arguments) != 2 or arguments[0].lower() not in {"on", "off"}:
        raise UsageError
    state, name = arguments[0].lower(), arguments[1]
    maintenance = context.pbx.datastore(Maintenance)
    names = [*maintenance.known(), *maintenance.names()] if name.lower() == ALL else [name]
    found = [n for n in names if maintenance.set(context.pbx, n, on=state == "on")]
    if not found:
        return f"Unable to find object {name}.\n\n"
    return "".join(f"Maintenance of {each} is {state}\n" for each in dict.fromkeys(found))


@command("pjsip show maintenance", "pjsip show maintenance [endpoint]", complete=_names)
def show_maintenance(context: CliContext, arguments: Arguments) -> str:
    """List the endpoints in maintenance, or tell whether one is."""
    if len(arguments) > 1:
        raise UsageError
    maintenance = context.pbx.datastore(Maintenance)
    if not arguments:
        names = maintenance.names()
        return "".join(f"{name}\n" for name in names) or "No endpoint is in maintenance\n"
    name = arguments[0]
    if name in maintenance:
        return f"{name} is in maintenance\n"
    if name not in maintenance.known():
        return f"Unable to find object {name}.\n\n"
    return f"{name} is not in maintenance\n"
