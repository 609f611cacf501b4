"""Where the parties of calls are: what the node is configured with, what a channel knows."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from switchroom.config.geolocation import (
    Format,
    GeolocationConfig,
    GeoProfile,
    Pairs,
    Precedence,
)

if TYPE_CHECKING:
    from switchroom.channels.sip.endpoints.endpoint import Endpoint
    from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)


class Literal(str):
    """A text that a call brought, or the dialplan made of it: no ``${}`` in it means anything."""

    __slots__ = ()


class Geolocation:
    """The profiles of a node; kept as the core's datastore."""

    def __init__(self) -> None:
        self.config = GeolocationConfig()
        self._complained: set[tuple[str, str]] = set()

    def use(self, config: GeolocationConfig) -> None:
        """Go by other settings."""
        self.config = config
        self._complained.clear()

    def profile(self, name: str, endpoint: str) -> GeoProfile | None:
        """A profile that an endpoint names; one that is not there is complained of, once."""
        found = self.config.profiles.get(name)
        if name and found is None and (endpoint, name) not in self._complained:
            self._complained.add((endpoint, name))
            logger.error("endpoint %s: geolocation.conf has no profile [%s]", endpoint, name)
        return found


class Whereabouts:
    """Where the caller of a channel is; kept as its datastore."""

    def __init__(self) -> None:
        self.profile: GeoProfile | None = None


def follow_location(called: Channel, endpoint: Endpoint, caller: Channel) -> None:
    """Know on a channel that is made for a caller where he is, if its party is told."""
    if endpoint.geolocation.outgoing:
        called.datastore(Whereabouts).profile = caller.datastore(Whereabouts).profile


def preferred(chosen: GeoProfile, brought: GeoProfile | None) -> GeoProfile | None:
    """What counts of a location that a call brings and one that is configured.

    Args:
        chosen: What the endpoint is configured with, and which of both goes before.
        brought: What came with the call.
    """
    own = chosen if chosen.location else None
    brought = brought if brought is not None and brought.location else None
    match chosen.precedence:
        case Precedence.PREFER_INCOMING:
            return brought or own
        case Precedence.PREFER_CONFIG:
            return own or brought
        case Precedence.DISCARD_INCOMING:
            return own
        case Precedence.DISCARD_CONFIG:
            return brought


async def resolved(profile: GeoProfile, channel: Channel) -> GeoProfile:
    """A profile whose ``${}`` have been put in place, on a channel.

    The ``location_variables`` are variables of the channel meanwhile. What was put in place means
    nothing more: what a caller calls himself is never evaluated.
    """

    async def put(text: str) -> str:
        if isinstance(text, Literal) or "$" not in text:
            return text
        return Literal(await channel.pbx.dialplan.substitute(channel, text))

    async def put_all(pairs: Pairs) -> Pairs:
        return tuple([(name, await put(value)) for name, value in pairs])

    variables = await put_all(profile.variables)
    kept = {name: channel.variables.get(name) for name, _ in variables}
    channel.variables.update(dict(variables))
    try:
        location = profile.location
        return replace(
            profile,
            location=replace(
                location,
                info=await put_all(location.info),
                source=await put(location.source),
                confidence=await put_all(location.confidence),
            ),
            refinement=await put_all(profile.refinement),
            variables=variables,
            element_id=await put(profile.element_id),
            device_id=await put(profile.device_id),
            usage_rules=await put_all(profile.usage_rules),
            notes=await put(profile.notes),
        )
    finally:
        for name, value in kept.items():
            if value is None:
                channel.variables.pop(name, None)
            else:
                channel.variables[name] = value


def uri_of(profile: GeoProfile) -> str:
    """The URI of a location by reference; empty for one by value."""
    if profile.location.format is not Format.URI:
        return ""
    return dict(profile.effective).get("URI", "")
