"""Programs behind a socket in virtual time: nothing is sent, but what was told to them is kept."""

from __future__ import annotations

import asyncio
import itertools
import os

from switchroom.media.feeds import (
    FeedDigit,
    FeedDrained,
    FeedEvent,
    FeedListener,
    FeedMessage,
    FeedPlan,
    FeedReached,
)
from switchroom.tools.simulate.media import SimulatedStream

_numbers = itertools.count(1)


class SimulatedFeed(SimulatedStream):
    """A program; whoever plays it calls :meth:`say` and :meth:`key`, and reads :attr:`sent`.

    Args:
        descriptor: Is closed with it.
        plan: As it was opened.
        listener: Hears its events.
    """

    def __init__(self, descriptor: int | None, plan: FeedPlan, listener: FeedListener) -> None:
        super().__init__(listener)
        self.feed_plan = plan
        self.sent: list[bytes] = []
        self.flushed: list[int] = []
        self.is_paused = False
        self.ways = (True, True)  #: whether audio goes to the program, and from it
        self._descriptor = descriptor
        self._tell = listener
        self.on_digit_heard = lambda digit: self.tell(FeedDigit(digit, 0.1))

    def tell(self, event: FeedEvent) -> None:
        """Something happens at the program's end."""
        if not self.closed:
            self._tell(event)

    def say(self, kind: int, data: bytes, position: int = 0) -> None:
        """The program sends a message."""
        self.tell(FeedMessage(kind, data, position))

    def attach(self, descriptor: int, received: bytes = b"", greeting: bytes = b"") -> None:
        """The program has come; what it sent already is left unread."""
        self._descriptor = descriptor
        self.sent.append(greeting)

    def send(self, frame: bytes) -> None:
        """Keep what the program is told."""
        self.sent.append(frame)

    def press(self, digit: str, *, duration: float = 0.1) -> None:
        """The program says that a key was pressed."""
        self.key(digit, duration=duration)

    def mark(self, position: int) -> int:
        """Nothing waits here: what came before was heard at once."""
        number = next(_numbers)
        asyncio.get_running_loop().call_soon(self.tell, FeedReached(number))
        return number

    def tell_drained(self) -> None:
        """Nothing waits here."""
        self.tell(FeedDrained())

    def flush(self, position: int) -> None:
        """Keep up to where it was forgotten."""
        self.flushed.append(position)
        self.is_paused = False

    def pause(self, *, paused: bool) -> None:
        """Keep whether it is kept back."""
        self.is_paused = paused

    def direct(self, *, to_program: bool, from_program: bool) -> None:
        """Keep which ways audio goes."""
        self.ways = (to_program, from_program)

    @property
    def waiting(self) -> float:
        """Nothing."""
        return 0.0

    def close(self) -> None:
        """End it, and the connection."""
        if not self.closed:
            super().close()
            if self._descriptor is not None:
                os.close(self._descriptor)
