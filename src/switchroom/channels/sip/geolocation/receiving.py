"""Locations that come with calls (RFC 6442 §4)."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.geolocation.pidf import CONTENT_TYPE, read_pidf
from switchroom.channels.sip.geolocation.whereabouts import (
    Geolocation,
    Literal,
    Whereabouts,
    preferred,
)
from switchroom.config.geolocation import Format, GeoProfile, Location
from switchroom.pbx.channel import Channel
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.parameters import parse_parameters, split_list, unquote
from switchroom.sip.message import Request
from switchroom.sip.multipart import body_of_id

logger = logging.getLogger(__name__)

MAX_LOCATIONS = 8  #: of a call, that are looked at
MAX_URI = 1000  #: letters

_VALUE = re.compile(r"<(?P<uri>[^<>\s\"]+)>\s*(?:;(?P<parameters>.*))?")
_SCHEMES = frozenset({"http", "https", "sip", "sips", "pres"})  # RFC 6442 §4.1, §4.6


def take_location(channel: Channel, endpoint: Endpoint, request: Request) -> None:
    """Note where the caller is, as the profile of his endpoint has it; nothing without one."""
    if not endpoint.geolocation.incoming:
        return
    geolocation = channel.pbx.datastore(Geolocation)
    chosen = geolocation.profile(endpoint.geolocation.incoming, endpoint.name)
    if chosen is not None:
        profile = preferred(chosen, location_of(request))
        channel.datastore(Whereabouts).profile = profile


def location_of(request: Request) -> GeoProfile | None:
    """The first location of a request that is understood; None where there is none."""
    routes = request.get("geolocation-routing").partition(";")[0].strip().lower() == "yes"
    for value in _values(request):
        try:
            found = _read(value, request)
        except (ValueError, RemoteSipError) as error:
            logger.info("a location that is not understood: %s", error)
            continue
        return replace(found, routes=routes)
    return None


def _values(request: Request) -> list[str]:
    values: list[str] = []
    for line in request.fields.get("geolocation", []):
        try:
            values += split_list(line)
        except RemoteSipError as error:
            logger.info("a Geolocation header that is not understood: %s", error)
    return values[:MAX_LOCATIONS]


def _read(value: str, request: Request) -> GeoProfile:
    match = _VALUE.fullmatch(value)
    if match is None or len(match["uri"]) > MAX_URI:
        raise ValueError("no URI of a location")
    uri = match["uri"]
    parameters = parse_parameters(match["parameters"] or "")
    source = Literal(unquote(parameters.get("loc-src", "")))
    scheme, _, rest = uri.partition(":")
    if scheme.lower() in _SCHEMES:
        return GeoProfile("<incoming>", Location(Format.URI, (("URI", Literal(uri)),), source))
    if scheme.lower() != "cid":
        raise ValueError(f"a URI of scheme {scheme[:20]}")
    body = body_of_id(request, rest)
    if body is None:
        raise ValueError(f"there is no body {rest[:80]} ({CONTENT_TYPE})")
    found = read_pidf(body)
    return replace(found, location=replace(found.location, source=source))
