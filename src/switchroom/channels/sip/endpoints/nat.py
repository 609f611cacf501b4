"""What the outside must see in place of our own addresses, where we stand behind a NAT."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from ipaddress import ip_address

from switchroom.channels.sip.endpoints.endpoint import Transport
from switchroom.sip.flow import Address, Flow


class PublicAddresses:
    """The addresses to show, by transport; peers in ``local_net`` see us as we are.

    Args:
        transports: As configured, each with the port that it is bound to.
        resolved: The first address of each external host that is a name.
    """

    def __init__(
        self, transports: Iterable[tuple[Transport, int]], resolved: Mapping[str, str]
    ) -> None:
        self._by_port: dict[tuple[str, int], Transport] = {}
        for transport, port in transports:
            if transport.external_host or transport.external_media_host:
                self._by_port[transport.protocol, port] = transport
        self._resolved = resolved

    def signalling(self, flow: Flow) -> Address:
        """For Via and Contact."""
        transport = self._outside(flow)
        if transport is None or not transport.external_host:
            return flow.local
        return transport.external_host, transport.external_port or flow.local[1]

    def media(self, flow: Flow, host: str) -> str:
        """For SDP, in place of ``host``."""
        transport = self._outside(flow)
        if transport is None or not transport.external_media_host:
            return host
        outside = transport.external_media_host
        return self._resolved.get(outside, outside)

    def _outside(self, flow: Flow) -> Transport | None:
        if not self._by_port:
            return None
        transport = self._by_port.get((flow.protocol, flow.local[1]))
        if transport is None:
            return None
        remote = ip_address(flow.remote[0].partition("%")[0])
        if any(remote.version == n.version and remote in n for n in transport.local_networks):
            return None
        return transport
