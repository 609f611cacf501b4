"""Who counts as one: an address, or the IPv6 site that it is of."""

from __future__ import annotations

from ipaddress import ip_network

SITE_PREFIX = 64  #: an IPv6 site has that many bits of its own to vary, so it counts as one


def site_of(host: str) -> str:
    """What is counted and banned for an IP address: itself, or its IPv6 site."""
    if ":" not in host:
        return host
    try:
        site = ip_network((host.partition("%")[0], SITE_PREFIX), strict=False)
    except ValueError:
        return host
    return str(site)
