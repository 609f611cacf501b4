"""A fax by T.38: packets instead of sounds."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from switchroom.media.fax.spandsp import SendPacket, load
from switchroom.media.fax.terminal import FaxPlan, Terminal
from switchroom.rtp.udptl import UdptlError, UdptlReceiver, UdptlSender

SAMPLES = 160  #: of 20 ms, in which the library counts time


class T38Terminal(Terminal):
    """One that hears and says datagrams.

    Args:
        plan: What it does.
        sender: Makes its datagrams.

    Raises:
        FaxUnavailableError: There is no library for it.
    """

    def __init__(self, plan: FaxPlan, sender: UdptlSender) -> None:
        library = load()
        self._waiting: list[bytes] = []
        self._on_packet = SendPacket(self._send)  # the library keeps a pointer to it
        self._state: int | None = library.t38_terminal_init(
            None, int(plan.sends), self._on_packet, None
        )
        if not self._state:
            raise MemoryError
        self._core = library.t38_terminal_get_t38_core_state(self._state)
        self._sender = sender
        self._receiver = UdptlReceiver()
        super().__init__(library.t38_terminal_get_t30_state(self._state), plan)

    def _send(self, _core: Any, _data: object, octets: Any, size: int, count: int) -> int:
        packet = ctypes.string_at(octets, size)
        datagram = self._sender.to_datagram(packet)
        self._waiting += [datagram] * max(count, 1)
        return 0

    def hear(self, datagram: bytes) -> None:
        """Something came; what is no UDPTL is passed over."""
        try:
            packets = self._receiver.packets(datagram)
        except UdptlError:
            return
        for number, packet in packets:
            self._library.t38_core_rx_ifp_packet(self._core, packet, len(packet), number)

    def tick(self) -> Iterator[bytes]:
        """20 ms have passed; returns what is to be sent."""
        if self.result is None:
            self._library.t38_terminal_send_timeout(self._state, SAMPLES)
            self._count()
        waiting, self._waiting = self._waiting, []
        return iter(waiting)

    def close(self) -> None:
        """Release it, and close its file."""
        if self._state is not None:
            self.terminate()
            self._library.t38_terminal_free(self._state)
            self._state = None
