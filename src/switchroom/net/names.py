"""What the domain name system says, as values."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from switchroom.base.errors import SwitchroomError
from switchroom.base.text import from_octets, without_controls

PATIENCE = 5.0  #: seconds for one question, however many servers are asked
MAX_REMEMBERED = 2048  #: answers, each for as long as its own time to live
MAX_RECORDS = 50  #: of one answer
MAX_TEXT = 1024  #: octets of a text in one record


class NameServiceError(SwitchroomError):
    """A question that nobody answers: there is no such name, or no server in time."""


@dataclass(frozen=True, slots=True, order=True)
class SrvRecord:
    """Where a service is (RFC 2782)."""

    priority: int
    weight: int
    port: int
    host: str


@dataclass(frozen=True, slots=True, order=True)
class NaptrRecord:
    """How to make a URI from what was asked (RFC 3403)."""

    order: int
    preference: int
    flags: str
    service: str
    expression: str
    replacement: str


def _text(octets: bytes) -> str:
    """What a stranger wrote, on one line."""
    return without_controls(from_octets(octets[:MAX_TEXT]))


class Names:
    """Asks name servers.

    Args:
        servers: Their addresses; none: those that the machine is configured with.
        port: Where they listen.
    """

    def __init__(self, servers: Sequence[str] = (), port: int = 53) -> None:
        self._servers = list(servers)
        self._port = port
        self._resolver: Any = None  #: made with the first question

    async def srv(self, name: str) -> list[SrvRecord]:
        """The records of a service, ``_sip._udp.example.com``, in no order.

        Raises:
            NameServiceError: There are none.
        """
        return [
            SrvRecord(
                each.priority, each.weight, each.port, each.target.to_text(omit_final_dot=True)
            )
            for each in await self._ask(name, "SRV")
        ]

    async def naptr(self, name: str) -> list[NaptrRecord]:
        """The rules of a name, in no order.

        Raises:
            NameServiceError: There are none.
        """
        return [
            NaptrRecord(
                each.order,
                each.preference,
                _text(each.flags),
                _text(each.service),
                _text(each.regexp),
                each.replacement.to_text(omit_final_dot=True),
            )
            for each in await self._ask(name, "NAPTR")
        ]

    async def txt(self, name: str) -> list[str]:
        """The texts of a name.

        Raises:
            NameServiceError: There are none.
        """
        return [_text(b"".join(each.strings)) for each in await self._ask(name, "TXT")]

    async def addresses(self, name: str) -> list[str]:
        """The addresses of a host, those of IPv4 first; empty where nobody knows it.

        Unlike the system's resolver it holds no thread while a server is silent: a name that a
        stranger chose may be one whose server is.
        """
        found = await asyncio.gather(
            self._ask(name, "A"), self._ask(name, "AAAA"), return_exceptions=True
        )
        addresses: list[str] = []
        for answer in found:
            if isinstance(answer, list):
                addresses += [str(each.address) for each in answer]
            elif not isinstance(answer, NameServiceError):
                raise answer
        return addresses

    async def _ask(self, name: str, kind: str) -> list[Any]:
        # Most nodes never ask: what dnspython needs in time and memory is spent by those that do.
        import dns.asyncresolver
        import dns.exception
        import dns.resolver

        try:
            if self._resolver is None:
                resolver = dns.asyncresolver.Resolver(configure=not self._servers)
                if self._servers:
                    resolver.nameservers, resolver.port = self._servers, self._port
                resolver.cache = dns.resolver.LRUCache(MAX_REMEMBERED)
                self._resolver = resolver
            answer = await self._resolver.resolve(name, kind, lifetime=PATIENCE)
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise NameServiceError(f"{name} {kind}: {error}") from error
        records = list(answer)
        if len(records) > MAX_RECORDS:  # who sends so many fills no memory with them
            self._resolver.cache.flush((answer.qname, answer.rdtype, answer.rdclass))
        return records[:MAX_RECORDS]
