"""Opens the transports of a node, and keeps their certificates fresh."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Protocol

from switchroom.channels.sip.endpoints.endpoint import Transport
from switchroom.net.credentials import TlsError
from switchroom.net.driver import SipDriver
from switchroom.net.http import HttpServer
from switchroom.net.tcp import TcpTransport, open_tcp
from switchroom.net.tls import open_tls
from switchroom.net.tls_listener import RenewsTls
from switchroom.net.udp import UdpTransport, open_udp
from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)


class OpenTransport(Protocol):
    """A transport that was opened."""

    @property
    def local_address(self) -> tuple[str, int]:
        """Where it is bound."""
        ...

    def close(self) -> None:
        """Close it."""


async def open_transport(driver: SipDriver, pbx: Pbx, transport: Transport) -> OpenTransport:
    """Listen on an address.

    Args:
        driver: Gets what arrives.
        pbx: Whose HTTP server WebSockets come in by.
        transport: As configured.

    Raises:
        OSError: The address is not ours or is taken.
        TlsError: Its certificate cannot be used.
    """
    where = (transport.host, transport.port)
    if transport.path:
        # Only nodes that serve browsers pay for loading it.
        from switchroom.net.ws import open_ws

        http = pbx.datastore(HttpServer)
        return await open_ws(driver, http, where, transport.path, transport.tls)
    if transport.tls is not None:
        secured: OpenTransport = await open_tls(driver, *where, transport.tls)
        return secured
    opened: UdpTransport | TcpTransport
    if transport.protocol == "udp":
        opened = await open_udp(driver, *where)
    else:
        opened = await open_tcp(driver, *where)
    opened.mark(transport.marking)
    return opened


def renew_tls(
    transports: Iterable[tuple[Transport, OpenTransport]], wanted: Iterable[Transport]
) -> None:
    """Certificates and trust count from the next connection on; addresses stay."""
    renewed = {each.name: each.tls for each in wanted}
    for transport, opened in transports:
        tls = renewed.get(transport.name)
        if isinstance(opened, RenewsTls) and tls is not None:
            try:
                opened.reload(tls)
            except TlsError as error:
                logger.error("[%s] stays as it was: %s", transport.name, error)  # noqa: TRY400  # known, no trace
