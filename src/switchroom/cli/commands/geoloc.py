"""``geoloc …``: where callers are said to be."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.channels.sip.geolocation.whereabouts import Geolocation
from switchroom.cli.commands.pjsip import like_pattern
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.config.geolocation import (
    SHAPES,
    SOLID,
    GeolocationConfig,
    GeoProfile,
    pairs_text,
)


def _config(context: CliContext) -> GeolocationConfig:
    return context.pbx.datastore(Geolocation).config


def _like(_: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else ("like",)


def _matching(arguments: Arguments, names: Iterable[str]) -> list[str]:
    pattern = like_pattern(arguments)
    return [name for name in names if pattern.search(name)]


@command("geoloc list locations", "geoloc list locations [like <pattern>]", complete=_like)
def list_locations(context: CliContext, arguments: Arguments) -> str:
    """List the locations of geolocation.conf."""
    known = _config(context).locations
    lines = [
        f"{name:<32} {known[name].format:<13} {pairs_text(known[name].info)}\n"
        for name in _matching(arguments, known)
    ]
    return f"{'Location':<32} {'Format':<13} Details\n{''.join(lines)}{len(lines)} locations\n"


@command("geoloc list profiles", "geoloc list profiles [like <pattern>]", complete=_like)
def list_profiles(context: CliContext, arguments: Arguments) -> str:
    """List the profiles of geolocation.conf, and those that are always there."""
    known = _config(context).profiles
    lines = [
        f"{name:<32} {known[name].precedence:<17} {known[name].reference}".rstrip() + "\n"
        for name in _matching(arguments, known)
    ]
    return f"{'Profile':<32} {'Precedence':<17} Location\n{''.join(lines)}{len(lines)} profiles\n"


@command("geoloc show profiles", "geoloc show profiles [like <pattern>]", complete=_like)
def show_profiles(context: CliContext, arguments: Arguments) -> str:
    """Show profiles with the locations that they name."""
    known = _config(context).profiles
    return "\n".join(_shown(known[name]) for name in _matching(arguments, known))


def _shown(profile: GeoProfile) -> str:
    location = profile.location
    lines = [
        ("id", profile.name),
        ("profile_precedence", str(profile.precedence)),
        ("pidf_element", profile.element),
        ("allow_routing_use", "yes" if profile.routes else "no"),
        ("location_reference", profile.reference),
        ("format", str(location.format)),
        ("effective_location", pairs_text(profile.effective)),
        ("location_source", location.source),
        ("method", location.method),
        ("confidence", pairs_text(location.confidence)),
        ("location_variables", pairs_text(profile.variables)),
        ("usage_rules", pairs_text(profile.usage_rules)),
        ("notes", profile.notes),
    ]
    return "".join(f"{name:<20}: {value}".rstrip() + "\n" for name, value in lines)


@command("geoloc show gml_shape_defs")
def show_shapes(_: CliContext, arguments: Arguments) -> str:
    """List the shapes of format GML with what each has."""
    if arguments:
        raise UsageError
    lines = [
        f"{shape:<10} {', '.join(('pos3d' if shape in SOLID else 'pos', *names))}\n"
        for shape, names in SHAPES.items()
    ]
    return f"{'Shape':<10} Attributes, besides crs\n{''.join(lines)}"


@command("geoloc reload")
async def reload(context: CliContext, arguments: Arguments) -> str:
    """Read geolocation.conf anew."""
    if arguments:
        raise UsageError
    await context.node.reload("geolocation")
    return "Geolocation reloaded.\n"
