"""``sla …``: shared lines and the stations that have them."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.conference.shared_lines import Line, SharedLines, Station


def _seconds(span: float) -> str:
    return f"{int(span)} Seconds" if span else "(none)"


def _hold(*, is_private: bool) -> str:
    return "Private" if is_private else "Open"


def _facts(name: str, facts: list[tuple[str, str]], further: list[str]) -> str:
    lines = [name, *(f"  {what + ':':<14} {value}" for what, value in facts), *further]
    return "".join(f"{line}\n" for line in lines) + "\n"


@command("sla show trunks", "sla show trunks")
def trunks(context: CliContext, arguments: Arguments) -> str:
    """List shared lines, what they are doing, and who has them."""
    if arguments:
        raise UsageError
    lines = context.pbx.datastore(SharedLines)
    found = [_trunk(lines, line) for line in lines.lines.values()]
    return "".join(found) or "No shared lines.\n"


def _trunk(lines: SharedLines, line: Line) -> str:
    settings, call = line.settings, line.call
    facts = [
        ("Device", settings.device),
        ("AutoContext", settings.context or "(none)"),
        ("RingTimeout", _seconds(settings.ring_timeout)),
        ("BargeAllowed", "Yes" if settings.allows_barge else "No"),
        ("HoldAccess", _hold(is_private=settings.is_private)),
        ("Channel", call.channel.name if call is not None and call.channel else "(none)"),
    ]
    stations = [
        f"  Station {station.name}: {line.lamp(station)}" for station, _ in lines.stations_of(line)
    ]
    return _facts(f"Trunk {line.name}", facts, stations)


@command("sla show stations", "sla show stations")
def stations(context: CliContext, arguments: Arguments) -> str:
    """List the stations of shared lines, with the lamps of their lines."""
    if arguments:
        raise UsageError
    lines = context.pbx.datastore(SharedLines)
    found = [_station(lines, station) for station in lines.stations.values()]
    return "".join(found) or "No stations.\n"


def _station(lines: SharedLines, station: Station) -> str:
    settings = station.settings
    facts = [
        ("Device", settings.device),
        ("AutoContext", settings.context or "(none)"),
        ("HoldAccess", _hold(is_private=settings.is_private)),
    ]
    keys = [
        f"  Trunk {each.trunk}: {lines.lines[each.trunk].lamp(station)},"
        f" RingDelay {_seconds(each.ring_delay)}, RingTimeout {_seconds(each.ring_timeout)}"
        for each in settings.appearances
    ]
    return _facts(f"Station {station.name}", facts, keys)
