"""Where a SIP URI leads: protocols and addresses, the one to try first in front (RFC 3263 §4)."""

from __future__ import annotations

import random
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from switchroom.sip.flow import Address
from switchroom.sip.uri import SipUri

DEFAULT_PORT = {"udp": 5060, "tcp": 5060, "tls": 5061, "ws": 80, "wss": 443}
MAX_PLACES = 16  #: that one name may lead to
_SERVICES = {"sip+d2u": "udp", "sip+d2t": "tcp", "sips+d2t": "tls"}
_SRV_PREFIX = {"udp": "_sip._udp", "tcp": "_sip._tcp", "tls": "_sips._tcp"}


class Place(NamedTuple):
    """One place to try."""

    protocol: str
    address: Address


@dataclass(frozen=True, slots=True)
class Naptr:
    """A NAPTR record, as far as SIP uses it (RFC 3263 §4.1)."""

    order: int
    preference: int
    service: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Srv:
    """An SRV record (RFC 2782)."""

    priority: int
    weight: int
    port: int
    target: str


class Lookup(Protocol):
    """Asks the DNS; what does not exist, or cannot be asked, is an empty list."""

    async def naptr(self, name: str) -> Sequence[Naptr]:
        """NAPTR records."""
        ...

    async def srv(self, name: str) -> Sequence[Srv]:
        """SRV records."""
        ...

    async def addresses(self, name: str) -> Sequence[str]:
        """IPv4 and IPv6 addresses, hosts files included."""
        ...


class Locator:
    """Resolves URIs.

    Args:
        lookup: Asks.
        chance: A number from 0 up to 1, for the weights of SRV records.
    """

    def __init__(self, lookup: Lookup, chance: Callable[[], float] = random.random) -> None:
        self._lookup = lookup
        self._chance = chance

    async def places(self, uri: SipUri, protocols: Sequence[str]) -> list[Place]:
        """All places of a URI, in the order to try them; empty where it leads nowhere.

        Args:
            uri: Its port, ``transport`` and ``maddr`` count.
            protocols: Those that we speak.
        """
        wanted = "tls" if uri.scheme == "sips" else uri.transport
        host = uri.parameters.get("maddr") or uri.host.strip("[]")
        if is_numeric(host):
            protocol = wanted or "udp"
            port = uri.port or DEFAULT_PORT.get(protocol, 5060)
            return [Place(protocol, (host, port))]
        if uri.port is None and "." in host:
            by_service = await self._by_service(host, [wanted] if wanted else list(protocols))
            if by_service:
                return by_service[:MAX_PLACES]
        protocol = wanted or (protocols[0] if protocols else "udp")
        port = uri.port or DEFAULT_PORT.get(protocol, 5060)
        found = await self._lookup.addresses(host)
        return [Place(protocol, (each, port)) for each in found[:MAX_PLACES]]

    async def _by_service(self, host: str, protocols: Sequence[str]) -> list[Place]:
        names = [(p, f"{_SRV_PREFIX[p]}.{host}") for p in protocols if p in _SRV_PREFIX]
        if len(protocols) > 1:
            pointers = sorted(await self._lookup.naptr(host), key=_naptr_order)
            pointed = [
                (protocol, each.replacement)
                for each in pointers
                if (protocol := _SERVICES.get(each.service.lower(), "")) in protocols
            ]
            names = pointed or names
        places: list[Place] = []
        for protocol, name in names:
            for record in self._in_order(await self._lookup.srv(name)):
                found = await self._addresses_of(record)
                places += [Place(protocol, (each, record.port)) for each in found]
                if len(places) >= MAX_PLACES:
                    return places
        return places

    async def _addresses_of(self, record: Srv) -> Sequence[str]:
        name = record.target.rstrip(".")
        return await self._lookup.addresses(name) if name else ()  # "." means: no such service

    def _in_order(self, records: Iterable[Srv]) -> list[Srv]:
        """By priority; within one by chance, as their weights say (RFC 2782)."""
        ordered: list[Srv] = []
        waiting = sorted(records, key=lambda each: (each.priority, each.weight))
        while waiting:
            level = [each for each in waiting if each.priority == waiting[0].priority]
            mark = self._chance() * sum(each.weight for each in level)
            chosen = level[-1]
            for each in level:
                mark -= each.weight
                if mark < 0:
                    chosen = each
                    break
            ordered.append(chosen)
            waiting.remove(chosen)
        return ordered


def _naptr_order(record: Naptr) -> tuple[int, int]:
    return record.order, record.preference


def is_numeric(host: str) -> bool:
    """Whether a host is an IP address; brackets are not expected."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.inet_pton(family, host.partition("%")[0])
    except (OSError, ValueError):
        return False
    return True
