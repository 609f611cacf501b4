"""Locations that go out with calls (RFC 6442 §4)."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from switchroom.base.errors import DialplanError
from switchroom.channels.sip.geolocation.pidf import CONTENT_TYPE, write_pidf
from switchroom.channels.sip.geolocation.whereabouts import (
    Geolocation,
    Whereabouts,
    preferred,
    resolved,
    uri_of,
)
from switchroom.config.geolocation import Format, GeoProfile, check_civic, check_location
from switchroom.sip.client import NewCall
from switchroom.sip.flow import host_for_uri
from switchroom.sip.message import Header
from switchroom.sip.multipart import Part

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver

logger = logging.getLogger(__name__)

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")  # RFC 3986
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}")
_NOT_XML = re.compile(r"[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Told:
    """What a channel tells of where its caller is, once that is settled; kept as its datastore."""

    def __init__(self) -> None:
        self.profile: GeoProfile | None = None


async def settle_location(driver: SipChannelDriver) -> None:
    """Find out, before a channel is dialled, which location its party is told."""
    endpoint, channel = driver.endpoint, driver.channel
    if not endpoint.geolocation.outgoing:
        return
    geolocation = channel.pbx.datastore(Geolocation)
    chosen = geolocation.profile(endpoint.geolocation.outgoing, endpoint.name)
    if chosen is None:
        return
    told = preferred(chosen, channel.datastore(Whereabouts).profile)
    if told is None:
        return
    try:
        told = await resolved(told, channel)
        _check(told)
    except (ValueError, DialplanError) as error:
        logger.warning("%s: its location is not told: %s", channel.name, error)
        return
    channel.datastore(Told).profile = told


def _check(profile: GeoProfile) -> None:
    location = replace(profile.location, info=profile.effective)
    check_location(location)
    if location.format is Format.URI and not _URI.fullmatch(uri_of(profile)):
        raise ValueError("no URI")
    if location.format is Format.CIVIC:
        check_civic(profile.effective)
    if location.source and not _HOST.fullmatch(location.source):
        raise ValueError("location_source is no host name")


def located(driver: SipChannelDriver, call: NewCall, *, now: float) -> NewCall:
    """The call with its location, where it has one."""
    profile = (
        driver.channel.datastore(Told).profile if driver.endpoint.geolocation.outgoing else None
    )
    if profile is None:
        return call
    source = f";loc-src={profile.location.source}" if profile.location.source else ""
    routing = "yes" if profile.routes else "no"
    uri, parts = uri_of(profile), call.parts
    if not uri:
        name = f"{driver.channel.unique_id}@{host_for_uri(driver.advertised_host).strip('[]')}"
        document = write_pidf(profile, profile.effective, entity=call.from_.uri, now=now)
        about: tuple[Header, ...] = (("Content-Type", CONTENT_TYPE), ("Content-ID", f"<{name}>"))
        uri, parts = f"cid:{name}", (*parts, Part(about, _NOT_XML.sub("", document)))
    headers = (("Geolocation", f"<{uri}>{source}"), ("Geolocation-Routing", routing))
    return replace(call, headers=(*call.headers, *headers), parts=parts)
