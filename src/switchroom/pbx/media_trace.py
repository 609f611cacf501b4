"""Media packets in the log, while somebody asks for it on the console."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from switchroom.media.api import PacketTraced
from switchroom.pbx.rtcp_events import RtcpReceived, RtcpSent

if TYPE_CHECKING:
    from switchroom.pbx.pbx import Pbx

logger = logging.getLogger("switchroom.media.trace")


class Traced(Enum):
    """What is written; the values are those of the console's answers."""

    RTP = "RTP"
    RTCP = "RTCP"


class MediaTrace:
    """Of one node, by ``pbx.datastore(MediaTrace)``."""

    def __init__(self) -> None:
        self._addresses: dict[Traced, str] = {}
        self._ends: list[Callable[[], None]] = []

    def start(self, pbx: Pbx, what: Traced, address: str) -> None:
        """Write what goes to and comes from an address; empty: all."""
        self._addresses[what] = address
        if what is Traced.RTP:
            pbx.engine.trace_packets(self._packet)
        elif not self._ends:
            self._ends = [
                pbx.events.subscribe(RtcpSent, self._sent),
                pbx.events.subscribe(RtcpReceived, self._received),
            ]

    def stop(self, pbx: Pbx, what: Traced) -> None:
        """Write it no longer."""
        self._addresses.pop(what, None)
        if what is Traced.RTP:
            pbx.engine.trace_packets(None)
            return
        for end in self._ends:
            end()
        self._ends = []

    def _wants(self, what: Traced, address: tuple[str, int]) -> bool:
        wanted = self._addresses.get(what, "")
        return wanted in {"", address[0], f"{address[0]}:{address[1]}"}

    def _packet(self, packet: PacketTraced) -> None:
        if self._wants(Traced.RTP, packet.address):
            logger.info(
                "%s RTP packet %s %s:%s (type %02d, seq %06d, ts %06d, len %06d)",
                "Sent" if packet.is_sent else "Got ", "to  " if packet.is_sent else "from",
                *packet.address, packet.payload_type, packet.sequence, packet.timestamp,
                packet.octets,
            )  # fmt: skip

    def _sent(self, event: RtcpSent) -> None:
        if self._wants(Traced.RTCP, event.address):
            logger.info("Sent RTCP %s to %s:%s", event.report, *event.address)

    def _received(self, event: RtcpReceived) -> None:
        if self._wants(Traced.RTCP, event.address):
            logger.info("Got RTCP %s from %s:%s", event.report, *event.address)
