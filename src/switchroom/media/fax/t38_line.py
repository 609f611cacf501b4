"""The way of a fax by T.38: a socket that the engine's passage of the call is connected with."""

from __future__ import annotations

import select
import socket
import time
from contextlib import suppress

from switchroom.media.fax.t38 import T38Terminal

TICK = 0.02  #: seconds
BEHIND = 1.0  #: seconds that a thread may be late by before it gives up to catch up
AFTERWARDS = 15  #: ticks behind the end, so that the last word is sent again where it has to be
_LARGEST = 2048  #: octets of a datagram


class T38Line:
    """Fulfils :class:`~switchroom.media.fax.line.FaxLine`.

    Args:
        terminal: What hears and says datagrams.
        connected: A socket of datagrams; :meth:`stop` ends the fax.
    """

    def __init__(self, terminal: T38Terminal, connected: socket.socket) -> None:
        self._terminal = terminal
        self._socket = connected
        self._stopping, self._stop = socket.socketpair()
        self._poll = select.poll()  # select() knows none beyond the first 1,024 descriptors
        for each in (self._socket, self._stopping):
            self._poll.register(each, select.POLLIN)
        self._next_at = time.monotonic() + TICK
        self._left = AFTERWARDS

    @property
    def terminal(self) -> T38Terminal:
        """See :class:`FaxLine`."""
        return self._terminal

    def stop(self) -> None:
        """The call is over; of any thread, and more than once."""
        self._stop.close()

    def exchange(self) -> bool:
        """See :class:`FaxLine`."""
        left = self._next_at - time.monotonic()
        if left > 0:
            found = [descriptor for descriptor, _ in self._poll.poll(left * 1000)]
            if self._stopping.fileno() in found:
                return False
            if found:
                self._hear()
            return True
        self._next_at += TICK
        if left < -BEHIND:
            self._next_at = time.monotonic() + TICK
        for datagram in self._terminal.tick():
            self._say(datagram)
        self._left -= self._terminal.result is not None
        return self._left > 0

    def _hear(self) -> None:
        with suppress(OSError):  # nobody is there at the moment, says the system
            self._terminal.hear(self._socket.recv(_LARGEST))

    def _say(self, datagram: bytes) -> None:
        with suppress(OSError):  # lost, as any may be
            self._socket.send(datagram)

    def close(self) -> None:
        """See :class:`FaxLine`."""
        self._socket.close()
        self._stopping.close()
        self._stop.close()
        self._terminal.close()
