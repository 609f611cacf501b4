"""Which endpoint a request comes from: by address, by names it carries, by headers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from switchroom.channels.sip.endpoints.endpoint import Endpoint, Identify, Network, SipSettings
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.message import Request
from switchroom.sip.uri import SipUri, parse_uri

ANONYMOUS = "anonymous"  #: the endpoint of whoever is known by nothing else
DEFAULT_ORDER = ("ip", "username", "anonymous")
_HOST_BITS = {4: 32, 6: 128}


class Identified(NamedTuple):
    """Who it is, and what told it."""

    endpoint: Endpoint
    by: str  #: ``ip``, ``username``, ``auth_username``, ``header``, ``request_uri``, ``anonymous``


@dataclass(frozen=True, slots=True)
class Sight:
    """What there is to see of a request."""

    request: Request
    host: str  #: where it came from, an IP address as text
    auth_username: str = ""  #: of its Authorization for our realm


class Identification:
    """Finds the endpoint of a request, with one lookup a request for the common cases.

    The order is ``endpoint_identifier_order``; what it does not name comes after what it names,
    and whoever is anonymous comes last where it does not say otherwise.

    Args:
        settings: The endpoints, and what stands for them.
        resolved: The addresses of host names in identifies, as far as they are known.
        line: The endpoint of a line token in a Request-URI, nothing for none.
    """

    def __init__(
        self,
        settings: SipSettings,
        resolved: Mapping[str, Iterable[str]] | None = None,
        line: Callable[[str], str | None] = lambda _: None,
    ) -> None:
        self._settings = settings
        self._endpoints = settings.endpoints
        self._line = line
        self._hosts: dict[str, Endpoint] = {}
        self._networks: list[tuple[Network, Endpoint]] = []
        self._headers: list[tuple[str, _Pattern, Endpoint]] = []
        self._uris: list[tuple[_Pattern, Endpoint]] = []
        self._by_auth_username = {
            credentials.username: endpoint
            for endpoint in settings.endpoints.values()
            if endpoint.identify_by_auth_username
            for credentials in endpoint.credentials
        }
        for identify in settings.identifies:
            endpoint = settings.endpoints.get(identify.endpoint)
            if endpoint is not None:  # otherwise the configuration's reader has warned about it
                self._add(identify, endpoint, resolved or {})
        self._networks.sort(key=lambda entry: -entry[0].prefixlen)
        self._ways = self._in_order(settings.identifier_order)

    def _add(
        self, identify: Identify, endpoint: Endpoint, resolved: Mapping[str, Iterable[str]]
    ) -> None:
        found = [
            ip_network(address.partition("%")[0])
            for name in identify.host_names
            for address in resolved.get(name, ())
        ]
        for network in (*identify.networks, *found):
            if network.prefixlen == _HOST_BITS[network.version]:
                self._hosts.setdefault(str(network.network_address), endpoint)
            else:
                self._networks.append((network, endpoint))
        if identify.header:
            name, _, value = identify.header.partition(":")
            self._headers.append((name.strip().lower(), _pattern(value.strip()), endpoint))
        if identify.request_uri:
            self._uris.append((_pattern(identify.request_uri), endpoint))

    def _in_order(self, order: tuple[str, ...]) -> list[tuple[str, _Way]]:
        ways: dict[str, _Way] = {
            "ip": self._by_ip,
            "username": self._by_username,
            "auth_username": self._by_auth,
            "header": self._by_header,
            "request_uri": self._by_uri,
            "anonymous": self._anonymous,
        }
        last = [] if "anonymous" in order[:-1] else ["anonymous"]
        names = dict.fromkeys([n for n in order if n in ways and n not in last])
        names |= dict.fromkeys(n for n in ways if n not in last)
        return [(name, ways[name]) for name in (*names, *last)]

    def identify(self, sight: Sight) -> Identified | None:
        """The endpoint, or None when nobody is known by any of these."""
        if ";line=" in sight.request.uri:
            endpoint = self._by_line(sight.request.uri)
            if endpoint is not None:
                return Identified(endpoint, "line")
        for name, way in self._ways:
            endpoint = way(sight)
            if endpoint is not None:
                return Identified(endpoint, name)
        return None

    def at(self, host: str) -> Endpoint | None:
        """The endpoint that is known by an address; None for a name."""
        try:
            address = ip_address(host.strip("[]").partition("%")[0])
        except ValueError:
            return None
        return self._by_address(str(address))

    def _by_line(self, uri: str) -> Endpoint | None:
        token = _uri(uri).parameters.get("line", "")
        return self._endpoints.get(self._line(token) or "") if token else None

    def _by_ip(self, sight: Sight) -> Endpoint | None:
        return self._by_address(sight.host)

    def _by_address(self, host: str) -> Endpoint | None:
        if (endpoint := self._hosts.get(host)) is not None:
            return endpoint
        if self._networks:
            address = ip_address(host.partition("%")[0])
            for network, endpoint in self._networks:
                if address.version == network.version and address in network:
                    return endpoint
        return None

    def _by_username(self, sight: Sight) -> Endpoint | None:
        try:
            uri = parse_uri(sight.request.from_.uri)
        except RemoteSipError:
            return None
        names = self._settings.names_of(uri)
        endpoint = next((e for name in names if (e := self._endpoints.get(name))), None)
        return endpoint if endpoint is not None and endpoint.identify_by_username else None

    def _by_auth(self, sight: Sight) -> Endpoint | None:
        return self._by_auth_username.get(sight.auth_username) if sight.auth_username else None

    def _by_header(self, sight: Sight) -> Endpoint | None:
        for name, matches, endpoint in self._headers:
            if any(matches(value) for value in sight.request.fields.get(name, ())):
                return endpoint
        return None

    def _by_uri(self, sight: Sight) -> Endpoint | None:
        return next((e for matches, e in self._uris if matches(sight.request.uri)), None)

    def _anonymous(self, _: Sight) -> Endpoint | None:
        return self._endpoints.get(ANONYMOUS)


_Way = Callable[[Sight], Endpoint | None]
_Pattern = Callable[[str], bool]


def _pattern(text: str) -> _Pattern:
    """``/regular expression/``, found anywhere, or a value that must be the same."""
    if len(text) > 1 and text[0] == text[-1] == "/":
        expression = re.compile(text[1:-1])
        return lambda value: expression.search(value) is not None
    return lambda value: value.strip() == text


def _uri(text: str) -> SipUri:
    try:
        return parse_uri(text)
    except RemoteSipError:
        return SipUri("sip", "", "")
