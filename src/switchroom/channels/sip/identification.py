"""Which endpoint a request comes from: by address first, then by the names it carries."""

from __future__ import annotations

from ipaddress import ip_address

from switchroom.channels.sip.endpoint import Endpoint, Network, SipSettings


class Identification:
    """Finds the endpoint of a request, with one lookup a request for the common cases.

    The order is the original's default (``ip,username,anonymous``).
    """

    def __init__(self, settings: SipSettings) -> None:
        self._endpoints = settings.endpoints
        self._hosts: dict[str, Endpoint] = {}
        self._networks: list[tuple[Network, Endpoint]] = []
        self._by_auth_username = {
            credentials.username: endpoint
            for endpoint in settings.endpoints.values()
            if endpoint.identify_by_auth_username
            for credentials in endpoint.credentials
        }
        for identify in settings.identifies:
            endpoint = settings.endpoints.get(identify.endpoint)
            if endpoint is None:
                continue  # the configuration's reader has warned about it
            for network in identify.networks:
                if network.num_addresses == 1:
                    self._hosts.setdefault(str(network.network_address), endpoint)
                else:
                    self._networks.append((network, endpoint))
        self._networks.sort(key=lambda entry: -entry[0].prefixlen)

    def identify(self, *, host: str, from_user: str, auth_username: str = "") -> Endpoint | None:
        """The endpoint, or None when nobody is known by any of these.

        Args:
            host: Where the request came from, an IP address as text.
            from_user: The user part of its From.
            auth_username: The ``username`` of its Authorization, if it has one.
        """
        if (endpoint := self._hosts.get(host)) is not None:
            return endpoint
        if self._networks:
            address = ip_address(host.partition("%")[0])
            for network, endpoint in self._networks:
                if address.version == network.version and address in network:
                    return endpoint
        endpoint = self._endpoints.get(from_user)
        if endpoint is not None and endpoint.identify_by_username:
            return endpoint
        return self._by_auth_username.get(auth_username) if auth_username else None
