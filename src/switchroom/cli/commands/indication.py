"""``indication …``: the signal tones of the countries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from switchroom.base.errors import MediaError
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.config.indications import ToneZone
from switchroom.media.tone_list import parse_tone_list
from switchroom.pbx.signal_tones import Indications

MOST_SHOWN = 8  #: countries at once


def _zones(context: CliContext) -> Mapping[str, ToneZone]:
    return context.pbx.datastore(Indications).config.zones


def _countries(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else tuple(_zones(context))


def _put(context: CliContext, name: str, zone: ToneZone | None) -> None:
    """Set a zone, or take it away, until indications.conf is read again."""
    indications = context.pbx.datastore(Indications)
    zones = {key: each for key, each in indications.config.zones.items() if key != name}
    if zone is not None:
        zones[name] = zone
    indications.config = replace(
        indications.config, zones=MappingProxyType(zones), is_configured=True
    )


@command(
    "indication show",
    "indication show [<country> ...]",
    complete=lambda context, _: tuple(_zones(context)),
)
def show_indications(context: CliContext, arguments: Arguments) -> str:
    """List the countries of indications.conf, or the tones of some."""
    zones = _zones(context)
    if len(arguments) > MOST_SHOWN:
        raise UsageError
    if not arguments:
        header = f"{'Country':<10} Description\n" + "=" * 40 + "\n"
        return header + "".join(
            f"{zone.name:<10} {zone.description}\n" for _, zone in sorted(zones.items())
        )
    found = [zones[name] for name in map(str.lower, arguments) if name in zones]
    if not found:
        return "No countries matched your criteria.\n"
    return "".join(map(_described, found))


def _described(zone: ToneZone) -> str:
    lines = ["Country Indication      PlayList", "=" * 40]
    cadence = ",".join(map(str, zone.ring_cadence))
    lines.append(f"{zone.name:<7} {'<ring cadence>':<15} {cadence or '<none>'}")
    lines += [f"{zone.name:<7} {name:<15} {tones}" for name, tones in sorted(zone.tones.items())]
    return "\n".join(lines) + "\n"


@command(
    "indication add",
    'indication add <country> <indication> "<tonelist>"',
    complete=_countries,
)
def add_indication(context: CliContext, arguments: Arguments) -> str:
    """Set a tone of a country until indications.conf is read again."""
    if len(arguments) != 3:
        raise UsageError
    country, name, tones = arguments[0].lower(), arguments[1].lower(), arguments[2]
    try:
        parse_tone_list(tones)
    except MediaError as error:
        raise CommandFailedError(str(error)) from error
    zone = _zones(context).get(country) or ToneZone(country)
    _put(context, country, replace(zone, tones=MappingProxyType({**zone.tones, name: tones})))
    return f"Country '{country}' has the tone '{name}'.\n"


@command("indication remove", "indication remove <country> [indication]", complete=_countries)
def remove_indication(context: CliContext, arguments: Arguments) -> str:
    """Take a country away, or one of its tones, until indications.conf is read again."""
    if len(arguments) not in (1, 2):
        raise UsageError
    country = arguments[0].lower()
    zone = _zones(context).get(country)
    if zone is None:
        raise CommandFailedError(f"There is no country '{country}'")
    if len(arguments) == 1:
        _put(context, country, None)
        return f"Country '{country}' was taken away.\n"
    name = arguments[1].lower()
    if name not in zone.tones:
        raise CommandFailedError(f"Country '{country}' has no tone '{name}'")
    left = {key: tones for key, tones in zone.tones.items() if key != name}
    _put(context, country, replace(zone, tones=MappingProxyType(left)))
    return f"Country '{country}' has the tone '{name}' no longer.\n"
