"""The DNS of the system, asked without stopping the loop; its answers are kept for a while."""

from __future__ import annotations

import asyncio
import importlib
import logging
import socket
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from switchroom.net.locating import Naptr, Srv

logger = logging.getLogger(__name__)

LIFETIME = 4.0  #: seconds that one question may take, over all servers
ADDRESS_TTL = 60.0  #: seconds; getaddrinfo does not tell the record's own
MAX_REMEMBERED = 2048  #: names


class SystemLookup:
    """Fulfils :class:`~switchroom.net.locating.Lookup` with dnspython and getaddrinfo.

    Addresses come from the system's resolver, so that ``/etc/hosts`` counts as everywhere else.
    """

    def __init__(self) -> None:
        self._resolver: Any = None
        self._addresses: OrderedDict[str, tuple[float, tuple[str, ...]]] = OrderedDict()

    async def naptr(self, name: str) -> Sequence[Naptr]:
        """See :class:`~switchroom.net.locating.Lookup`."""
        return [
            Naptr(r.order, r.preference, r.service.decode("ascii", "replace"), str(r.replacement))
            for r in await self._ask(name, "NAPTR")
        ]

    async def srv(self, name: str) -> Sequence[Srv]:
        """See :class:`~switchroom.net.locating.Lookup`."""
        return [
            Srv(r.priority, r.weight, r.port, str(r.target)) for r in await self._ask(name, "SRV")
        ]

    async def addresses(self, name: str) -> Sequence[str]:
        """See :class:`~switchroom.net.locating.Lookup`."""
        loop = asyncio.get_running_loop()
        known = self._addresses.get(name)
        if known is not None and known[0] > loop.time():
            return known[1]
        try:
            async with asyncio.timeout(LIFETIME):
                found = await loop.getaddrinfo(name, None, type=socket.SOCK_DGRAM)
        except (OSError, TimeoutError, UnicodeError) as error:
            logger.info("no address of %s: %s", name, error)
            return ()
        addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
        self._addresses[name] = (loop.time() + ADDRESS_TTL, addresses)
        self._addresses.move_to_end(name)
        if len(self._addresses) > MAX_REMEMBERED:
            self._addresses.popitem(last=False)
        return addresses

    async def _ask(self, name: str, kind: str) -> Sequence[Any]:
        # Most nodes never ask: what dnspython needs in time and memory is spent by those that do.
        exceptions = importlib.import_module("dns.exception")
        try:
            if self._resolver is None:
                module = importlib.import_module("dns.asyncresolver")
                self._resolver = module.Resolver()
                self._resolver.cache = importlib.import_module("dns.resolver").LRUCache(
                    MAX_REMEMBERED
                )
                self._resolver.lifetime = LIFETIME
            answer = await self._resolver.resolve(name, kind, raise_on_no_answer=False)
        except (exceptions.DNSException, OSError) as error:
            logger.debug("no %s record of %s: %s", kind, name, error)
            return ()
        return list(answer.rrset or ())
