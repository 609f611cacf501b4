"""The DNS of the system, asked without stopping the loop; its answers are kept for a while."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import OrderedDict
from collections.abc import Sequence

from switchroom.net.locating import Naptr, Srv
from switchroom.net.names import Names, NameServiceError

logger = logging.getLogger(__name__)

LIFETIME = 4.0  #: seconds that the question for an address may take
ADDRESS_TTL = 60.0  #: seconds; getaddrinfo does not tell the record's own
MAX_REMEMBERED = 2048  #: names


class SystemLookup:
    """Fulfils :class:`~switchroom.net.locating.Lookup` with dnspython and getaddrinfo.

    Addresses come from the system's resolver, so that ``/etc/hosts`` counts as everywhere else.
    """

    def __init__(self) -> None:
        self._names = Names()
        self._addresses: OrderedDict[str, tuple[float, tuple[str, ...]]] = OrderedDict()

    async def naptr(self, name: str) -> Sequence[Naptr]:
        """See :class:`~switchroom.net.locating.Lookup`."""
        try:
            records = await self._names.naptr(name)
        except NameServiceError as error:
            logger.debug("%s", error)
            return ()
        return [Naptr(r.order, r.preference, r.service, r.replacement) for r in records]

    async def srv(self, name: str) -> Sequence[Srv]:
        """See :class:`~switchroom.net.locating.Lookup`."""
        try:
            records = await self._names.srv(name)
        except NameServiceError as error:
            logger.debug("%s", error)
            return ()
        return [Srv(r.priority, r.weight, r.port, r.host) for r in records]

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
