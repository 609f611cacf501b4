"""``fax …``: which faxes run, how many there were, and what they go by."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.media.codecs.libraries import find_library
from switchroom.media.fax.spandsp import LIBRARY
from switchroom.pbx.fax.sessions import FaxSession, FaxSessions


def _faxes(context: CliContext, arguments: Arguments) -> FaxSessions:
    if arguments:
        raise UsageError
    return context.pbx.datastore(FaxSessions)


@command("fax show capabilities")
def show_capabilities(context: CliContext, arguments: Arguments) -> str:
    """Show what can be done with faxes."""
    _faxes(context, arguments)
    if find_library(LIBRARY) is None:
        return f"\nFax is not possible: {LIBRARY} is not installed (package libspandsp2)\n\n"
    return (
        "\nRegistered FAX Technology Modules:\n\n"
        "Type            : Spandsp\n"
        "Description     : Fax by libspandsp\n"
        "Capabilities    : SEND RECEIVE AUDIO T38\n\n"
    )


@command("fax show version")
def show_version(context: CliContext, arguments: Arguments) -> str:
    """Show which library does it."""
    _faxes(context, arguments)
    found = find_library(LIBRARY)
    return f"FAX library: {found or f'{LIBRARY} is not installed (package libspandsp2)'}\n"


@command("fax show settings")
def show_settings(context: CliContext, arguments: Arguments) -> str:
    """Show what ``res_fax.conf`` says."""
    config = _faxes(context, arguments).config
    return (
        "FAX For Asterisk Settings:\n"
        f"\tECM: {'Enabled' if config.ecm else 'Disabled'}\n"
        f"\tStatus Events: {'On' if config.tells_status else 'Off'}\n"
        f"\tMinimum Bit Rate: {config.min_rate}\n"
        f"\tMaximum Bit Rate: {config.max_rate}\n"
        f"\tModem Modulations Allowed: {','.join(sorted(each.upper() for each in config.modems))}\n"
        f"\tT.38 Negotiation Timeout: {round(config.t38_timeout * 1000)} ms\n"
    )


_COLUMNS = "{:<20.20} {:<10.10} {:<10.10} {:<5.5} {:<10.10} {:<15.15} {:<30.30}\n"


@command("fax show sessions")
def show_sessions(context: CliContext, arguments: Arguments) -> str:
    """List the faxes that are under way."""
    running = _faxes(context, arguments).running.values()
    rows = "".join(
        _COLUMNS.format(
            each.channel, "Spandsp", str(each.number), each.kind, each.operation, each.state,
            str(each.path),
        )
        for each in running
    )  # fmt: skip
    heading = ("Channel", "Tech", "FAXID", "Type", "Operation", "State", "File(s)")
    table = _COLUMNS.format(*heading) + rows
    return f"\nCurrent FAX Sessions:\n\n{table}\n{len(running)} FAX sessions\n"


def _numbers(context: CliContext, arguments: Arguments) -> tuple[str, ...]:
    running = context.pbx.datastore(FaxSessions).running
    return () if arguments else tuple(map(str, running))


@command("fax show session", "fax show session <session number>", complete=_numbers)
def show_session(context: CliContext, arguments: Arguments) -> str:
    """Show how a fax goes that is under way."""
    if len(arguments) != 1:
        raise UsageError
    number = int(arguments[0]) if arguments[0].isdecimal() else 0
    found = context.pbx.datastore(FaxSessions).running.get(number)
    if found is None:
        raise CommandFailedError(f"There is no fax {arguments[0]!r}")
    return "\nFAX Session Details:\n--------------------\n\n" + "".join(
        f"{name:<22.22}: {value}\n" for name, value in _details(found)
    )


def _details(found: FaxSession) -> list[tuple[str, str]]:
    details = [
        ("session", str(found.number)),
        ("operation", found.operation),
        ("state", found.state),
        ("type", found.kind),
        ("channel", found.channel),
        ("file", str(found.path)),
    ]
    if found.terminal is not None:
        counters = found.terminal.counters
        details += [
            ("ECM", "yes" if counters.error_correcting_mode else "no"),
            ("data rate", str(counters.bit_rate)),
            ("pages", str(counters.pages_sent + counters.pages_received)),
            ("bad lines", str(counters.bad_rows)),
        ]
    return details


@command("fax show stats")
def show_statistics(context: CliContext, arguments: Arguments) -> str:
    """Show how many faxes there were."""
    faxes = _faxes(context, arguments)
    figures = (
        ("Current Sessions", len(faxes.running)),
        ("Reserved Sessions", 0),
        ("Transmit Attempts", faxes.sent),
        ("Receive Attempts", faxes.received),
        ("Completed FAXes", faxes.completed),
        ("Failed FAXes", faxes.failed),
    )
    rows = "".join(f"{name:<20.20} : {value}\n" for name, value in figures)
    return f"\nFAX Statistics:\n---------------\n\n{rows}\n"
