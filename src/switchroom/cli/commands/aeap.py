"""``aeap …``: programs that recognise speech."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.config.aeap import AeapClient
from switchroom.recognition.aeap import AeapEngine
from switchroom.recognition.engine import Engines


def _clients(context: CliContext) -> list[AeapClient]:
    engines = context.pbx.datastore(Engines).known.values()
    return [each.client for each in engines if isinstance(each, AeapEngine)]


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else [each.name for each in _clients(context)]


@command("aeap show clients", "aeap show clients")
def show_clients(context: CliContext, arguments: Arguments) -> str:
    """Show the programs that recognise speech (``aeap.conf``)."""
    if arguments:
        raise UsageError
    clients = _clients(context)
    if not clients:
        return "No objects found.\n"
    return "".join(f"{each.name:<20} {each.url}\n" for each in clients)


@command("aeap show client", "aeap show client <id>", complete=_names)
def show_client(context: CliContext, arguments: Arguments) -> str:
    """Show one of the programs that recognise speech."""
    if len(arguments) != 1:
        raise UsageError
    found = next((each for each in _clients(context) if each.name == arguments[0]), None)
    if found is None:
        return f"Unable to find object {arguments[0]}.\n"
    rows = {
        "url": found.url,
        "protocol": found.protocol,
        "codecs": ",".join(found.codecs),
        **{f"@{name}": value for name, value in found.parameters.items()},
    }
    return f"{found.name}\n" + "".join(f"  {name:<20} {value}\n" for name, value in rows.items())
