"""How far behind the node is, and whether it should take new calls.

What waits is a measure of its own: an event loop that is busy still turns, a few dozen datagrams
a round, while thousands wait in the socket and grow old. A call whose INVITE is answered after
500 ms is sent again (RFC 3261 T1) and costs twice: that is where overload becomes collapse.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from collections.abc import Callable

LOOK_INTERVAL = 0.01  #: seconds between two looks, while there is something to do
REFUSE_ABOVE = 0.2  #: seconds behind: new calls are refused
TAKE_BELOW = 0.05  #: seconds behind: they are taken again
SLOWEST = 1000.0  #: datagrams a second that are assumed at least, before it is known

_SO_MEMINFO = 55  # of Linux; how much waits in a socket
_DATAGRAM_BYTES = 2048  #: what the kernel counts for one of SIP's usual size, about

Waiting = Callable[[], int]


def waiting_bytes(sock: socket.socket) -> int:
    """What the kernel keeps for a socket, its bookkeeping included; 0 where that is not told."""
    if sys.platform != "linux":
        return 0
    try:
        answer = sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 4)
    except OSError:
        return 0
    return int(struct.unpack("=I", answer[:4])[0])


class Congestion:
    """Measures, while messages come, how long one that comes now would wait.

    Attributes:
        is_overloaded: New calls are to be refused.
        behind: Seconds, as last measured.
        refused: New calls that were refused so far.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.is_overloaded = False
        self.behind = 0.0
        self.refused = 0
        self._loop = loop
        self._sockets: list[Waiting] = []
        self._taken = 0  #: messages since the last look
        self._rate = 0.0  #: messages a second while there is a queue
        self._looked_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, waiting: Waiting) -> None:
        """Count what waits in a socket; ``waiting`` gives its octets."""
        self._sockets.append(waiting)

    def took(self, now: float) -> None:
        """A message was taken from a socket."""
        self._taken += 1
        if self._timer is None:
            self._look_again(now)

    def _look_again(self, now: float) -> None:
        self._looked_at = now
        self._taken = 0
        self._timer = self._loop.call_at(now + LOOK_INTERVAL, self._look)

    def _look(self) -> None:
        now = self._loop.time()
        self._timer = None
        self.judge(
            late=now - self._looked_at - LOOK_INTERVAL,
            waiting=sum(waiting() for waiting in self._sockets) / _DATAGRAM_BYTES,
            rate=self._taken / (now - self._looked_at),
        )
        if self._taken or self.is_overloaded:
            self._look_again(now)

    def judge(self, *, late: float, waiting: float, rate: float) -> None:
        """Take one measurement.

        Args:
            late: Seconds that the loop came too late.
            waiting: Datagrams in the sockets.
            rate: Datagrams a second that were taken since the last one.
        """
        if waiting >= 1:
            self._rate = (self._rate * 3 + rate) / 4 if self._rate else rate
        self.behind = late + waiting / max(self._rate, SLOWEST)
        if self.behind > REFUSE_ABOVE:
            self.is_overloaded = True
        elif self.behind < TAKE_BELOW:
            self.is_overloaded = False

    def close(self) -> None:
        """Stop measuring."""
        if self._timer is not None:
            self._timer.cancel()
