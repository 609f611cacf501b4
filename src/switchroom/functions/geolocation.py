"""GEOLOC_PROFILE: where a caller is.

Family: SIP
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from switchroom.base.errors import DialplanError
from switchroom.channels.sip.geolocation.whereabouts import (
    Geolocation,
    Literal,
    Whereabouts,
    resolved,
)
from switchroom.config.geolocation import (
    METHODS,
    Format,
    GeoProfile,
    Location,
    Pairs,
    Precedence,
    check_civic,
    pairs_text,
    parse_pairs,
)
from switchroom.config.language.values import parse_yes_no
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel

STATUS = "GEOLOCPROFILESTATUS"
GOOD, NO_PARAMETER, FAILED, BAD_VALUE = "0", "-1", "-2", "-3"

ChangedT = TypeVar("ChangedT", GeoProfile, Location)

#: Parameters by the fields of a profile, and of its location.
_LISTS = {
    "location_info_refinement": "refinement",
    "location_variables": "variables",
    "usage_rules": "usage_rules",
}
_LISTS_OF_LOCATION = {
    "confidence": "confidence",
    "effective_location": "info",
    "location_info": "info",
}
_TEXTS = {"device_id": "device_id", "notes": "notes", "pidf_element_id": "element_id"}
_FORMATS = {each.value.lower(): each for each in Format}

_READ: Mapping[str, Callable[[GeoProfile], str]] = MappingProxyType(
    {
        "id": lambda p: p.name,
        "location_reference": lambda p: p.reference,
        "method": lambda p: p.location.method,
        "allow_routing_use": lambda p: "yes" if p.routes else "no",
        "suppress_empty_ca_elements": lambda p: "yes" if p.omits_empty else "no",
        "profile_precedence": lambda p: str(p.precedence),
        "format": lambda p: str(p.location.format),
        "pidf_element": lambda p: p.element,
        "pidf_element_id": lambda p: p.element_id,
        "device_id": lambda p: p.device_id,
        "location_source": lambda p: p.location.source,
        "notes": lambda p: p.notes,
        "location_info": lambda p: pairs_text(p.location.info),
        "location_info_refinement": lambda p: pairs_text(p.refinement),
        "location_variables": lambda p: pairs_text(p.variables),
        "effective_location": lambda p: pairs_text(p.effective),
        "usage_rules": lambda p: pairs_text(p.usage_rules),
        "confidence": lambda p: pairs_text(p.location.confidence),
    }
)


@function("GEOLOC_PROFILE")
async def geoloc_profile(channel: Channel, parameter: str, options: str = "") -> str:
    """Where the caller of this channel is, and what may be done with it.

    Args:
        channel: The channel that called in, or one that is dialled for it.
        parameter: A name of ``geolocation.conf``, such as ``format``, ``location_info`` or
            ``notes``; ``effective_location``: the location with its refinement.
        options: ``r``: the variables in it are put in place first.

    Variables:
        GEOLOCPROFILESTATUS: ``0``; ``-1``: no parameter was given; ``-2``: the channel has no
            location; ``-3``: there is no such parameter.

    Examples:
        NoOp(${GEOLOC_PROFILE(effective_location,r)})
        Set(PLACE=${GEOLOC_PROFILE(location_info)})
    """
    name = parameter.strip().lower()
    profile, read = channel.datastore(Whereabouts).profile, _READ.get(name)
    if not name or read is None or profile is None:
        status = NO_PARAMETER if not name else BAD_VALUE if read is None else FAILED
        channel.set_variable(STATUS, status)
        return ""
    channel.set_variable(STATUS, GOOD)
    return read(await resolved(profile, channel) if "r" in options else profile)


@function("GEOLOC_PROFILE", write=True)
def set_geoloc_profile(channel: Channel, value: str, parameter: str, options: str = "") -> None:
    """Change where the caller of this channel is, for those who are told of it later.

    It counts for calls that are made for this channel afterwards, where their endpoint has a
    ``geoloc_outgoing_call_profile`` that lets what comes with the call go before.

    Args:
        channel: The channel.
        value: For lists such as ``location_info``: ``country=US,A1=Texas``.
        parameter: As when it is read.
        options: ``a``: it is put behind what is there (lists only).

    Variables:
        GEOLOCPROFILESTATUS: ``0``; ``-1``: no parameter was given; ``-3``: there is no such
            parameter, or that is no value of it.

    Examples:
        Set(GEOLOC_PROFILE(format)=civicAddress)
        Set(GEOLOC_PROFILE(location_info)=country=US)
        Set(GEOLOC_PROFILE(location_info,a)=A1=Texas)
    """
    name = parameter.strip().lower()
    if not name:
        channel.set_variable(STATUS, NO_PARAMETER)
        return
    whereabouts = channel.datastore(Whereabouts)
    profile = whereabouts.profile or GeoProfile("dialplan")
    try:
        whereabouts.profile = _changed(channel, profile, name, value.strip(), adds="a" in options)
    except ValueError as error:
        channel.set_variable(STATUS, BAD_VALUE)
        raise DialplanError(f"GEOLOC_PROFILE: {name}: {error}") from error
    channel.set_variable(STATUS, GOOD)


def _changed(
    channel: Channel, profile: GeoProfile, name: str, value: str, *, adds: bool
) -> GeoProfile:
    """The profile with another value.

    Raises:
        ValueError: There is no such parameter, or it is no value of it.
    """
    location = profile.location
    if (field := _LISTS.get(name)) is not None:
        pairs = _pairs(getattr(profile, field), value, adds=adds)
        if field == "refinement" and location.format is Format.CIVIC:
            check_civic(pairs)
        return _with(profile, field, pairs)
    if (field := _LISTS_OF_LOCATION.get(name)) is not None:
        pairs = _pairs(getattr(location, field), value, adds=adds)
        changed = replace(profile, location=_with(location, field, pairs), reference="")
        return replace(changed, refinement=()) if name == "effective_location" else changed
    if (field := _TEXTS.get(name)) is not None:
        return _with(profile, field, Literal(value))
    if name == "location_source":
        return replace(profile, location=replace(location, source=Literal(value)))
    if name == "location_reference":
        known = channel.pbx.datastore(Geolocation).config.locations
        if value not in known:
            raise ValueError(f"there is no location {value[:60]!r}")
        return replace(profile, location=known[value], reference=value)
    return _chosen(profile, name, value)


def _with(changed: ChangedT, field: str, value: object) -> ChangedT:
    values: dict[str, Any] = {field: value}
    return replace(changed, **values)


def _chosen(profile: GeoProfile, name: str, value: str) -> GeoProfile:
    """With a value of which there are a few only.

    Raises:
        ValueError: There is no such parameter, or it is no value of it.
    """
    match name:
        case "format" if value.lower() in _FORMATS:
            changed = replace(profile.location, format=_FORMATS[value.lower()])
            return replace(profile, location=changed)
        case "method" if value in {"", *METHODS}:
            return replace(profile, location=replace(profile.location, method=value))
        case "pidf_element" if value.lower() in {"tuple", "device", "person"}:
            return replace(profile, element=value.lower())
        case "profile_precedence":
            return replace(profile, precedence=Precedence(value.lower()))
        case "allow_routing_use":
            return replace(profile, routes=parse_yes_no(value))
        case "suppress_empty_ca_elements":
            return replace(profile, omits_empty=parse_yes_no(value))
        case _:
            raise ValueError(f"it cannot be {value[:60]!r}")


def _pairs(before: Pairs, value: str, *, adds: bool) -> Pairs:
    found = tuple((name, Literal(each)) for name, each in parse_pairs(value))
    return (*before, *found) if adds else found
