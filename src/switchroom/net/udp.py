"""SIP over UDP."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

from switchroom.net.congestion import waiting_bytes
from switchroom.net.driver import SipDriver
from switchroom.net.local_address import WILDCARDS, local_host_towards
from switchroom.net.marking import Marking
from switchroom.sip.flow import Address, Flow

logger = logging.getLogger(__name__)

MAX_FLOWS = 4096  #: peers that are remembered
RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024  #: asked for; the system may give less


class UdpTransport(asyncio.DatagramProtocol):
    """One bound UDP socket. Make it with :func:`open_udp`."""

    def __init__(self, driver: SipDriver) -> None:
        self._driver = driver
        self._transport: asyncio.DatagramTransport | None = None
        self._local: Address = ("", 0)
        self._is_wildcard = False
        self._flows: dict[Address, Flow] = {}  # one for all messages of a peer

    @property
    def local_address(self) -> Address:
        """Where it is bound."""
        return self._local

    def connection_made(self, transport: Any) -> None:
        """See :class:`asyncio.DatagramProtocol`."""
        self._transport = transport
        host, port = transport.get_extra_info("sockname")[:2]
        self._local = (host, port)
        self._is_wildcard = host in WILDCARDS
        if not self._is_wildcard:
            self._driver.add_transport("udp", host, port, self)

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """See :class:`asyncio.DatagramProtocol`."""
        self._driver.received(data, self.flow_to((addr[0], addr[1])))

    def error_received(self, exc: Exception) -> None:
        """An ICMP error: somebody is not there; timers of the core find out."""
        logger.debug("UDP: %s", exc)

    def flow_to(self, remote: Address) -> Flow:
        """The flow from this socket to ``remote``."""
        flow = self._flows.get(remote)
        if flow is None:
            if len(self._flows) >= MAX_FLOWS:
                self._flows.clear()
            flow = self._flows[remote] = self._new_flow(remote)
        return flow

    def _new_flow(self, remote: Address) -> Flow:
        if not self._is_wildcard:
            return Flow("udp", remote, self._local)
        host = local_host_towards(remote[0])
        self._driver.add_transport("udp", host, self._local[1], self)
        return Flow("udp", remote, (host, self._local[1]))

    def send(self, data: bytes, flow: Flow) -> None:
        """See :class:`~switchroom.net.driver.Transport`."""
        if self._transport is not None and not self._transport.is_closing():
            try:
                self._transport.sendto(data, flow.remote)
            except (OSError, ValueError) as error:
                logger.debug("cannot send to %s: %s", flow.remote, error)

    def mark(self, marking: Marking) -> None:
        """Have packets treated as a configuration wants it."""
        if self._transport is not None:
            marking.apply(self._transport.get_extra_info("socket"))

    def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()


async def open_udp(driver: SipDriver, host: str, port: int) -> UdpTransport:
    """Bind a UDP socket and feed the driver from it.

    Raises:
        OSError: The address is not ours or is taken.
    """
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_DGRAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        bound.settimeout(0)
        bound.bind((host, port))
        driver.congestion.watch(lambda: waiting_bytes(bound))
        _, transport = await loop.create_datagram_endpoint(lambda: UdpTransport(driver), sock=bound)
    except BaseException:
        bound.close()
        raise
    return transport
