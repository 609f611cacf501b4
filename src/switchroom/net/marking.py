"""How the network treats a socket's packets: DiffServ, priority, keep-alives of TCP."""

from __future__ import annotations

import logging
import socket
from asyncio.trsock import TransportSocket
from dataclasses import dataclass

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Marking:
    """Of the sockets of one transport; 0: as the system does."""

    tos: int = 0  #: the octet of DiffServ
    priority: int = 0  #: of the frames, as 802.1p has it
    keeps_alive: bool = False
    idle: int = 30  #: seconds of silence before the first probe
    interval: int = 1  #: seconds between probes
    probes: int = 5  #: that go unanswered before the connection is given up

    def apply(self, bound: socket.socket | TransportSocket) -> None:
        """Set what is asked for; connections that are accepted inherit it."""
        try:
            if self.tos:
                level, option = socket.IPPROTO_IP, socket.IP_TOS
                if bound.family == socket.AF_INET6:
                    level, option = socket.IPPROTO_IPV6, socket.IPV6_TCLASS
                bound.setsockopt(level, option, self.tos)
            if self.priority:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, self.priority)
            if self.keeps_alive and bound.type == socket.SOCK_STREAM:
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, self.idle)
                bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, self.interval)
                bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, self.probes)
        except OSError as error:
            logger.warning("a socket cannot be marked: %s", error)
