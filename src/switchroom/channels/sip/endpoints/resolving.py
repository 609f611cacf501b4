"""The addresses of trunks that are configured by name."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from switchroom.channels.sip.endpoints.endpoint import Identify
from switchroom.net.locating import Locator
from switchroom.sip.uri import SipUri

logger = logging.getLogger(__name__)


async def addresses_of(
    identifies: Iterable[Identify], locator: Locator
) -> dict[str, tuple[str, ...]]:
    """The addresses of each host name; none where it has none.

    Args:
        identifies: Their host names are looked up.
        locator: Asks the DNS.
    """
    names = {name: each.asks_srv for each in identifies for name in each.host_names}
    resolved: dict[str, tuple[str, ...]] = {}
    for name in sorted(names):
        # A URI with a port asks for addresses only (RFC 3263 §4.2).
        uri = SipUri("sip", "", name, None if names[name] else 5060)
        places = await locator.places(uri, ("udp", "tcp", "tls"))
        resolved[name] = tuple(dict.fromkeys(place.address[0] for place in places))
        if not places:
            logger.warning("identify: %s has no address", name)
    return resolved
