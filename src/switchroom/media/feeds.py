"""Programs in a phone's place: what they say and hear goes over a socket, or a pipe.

The engine moves the audio; whoever opened the feed gets the program's messages, and frames those to
the program himself (:mod:`switchroom.channels.external`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from switchroom.media.api import MediaEvent, Stream


class Framing(Enum):
    """How audio and messages are told apart on the wire."""

    NONE = auto()  #: audio alone, and to the program only: a pipe
    AUDIOSOCKET = auto()
    WEBSOCKET = auto()  #: as its server
    WEBSOCKET_CLIENT = auto()


@dataclass(frozen=True, slots=True)
class FeedPlan:
    """What a program and we agreed on."""

    framing: Framing
    codec: str = "slin"  #: as in ``allow=``; linear has its lower octet first
    is_modem: bool = False  #: no sample of it is skipped, and an engine without audio refuses it


class FeedEnd(Enum):
    """Why a feed ended by itself."""

    CLOSED = auto()  #: the program has closed the connection
    FAILED = auto()  #: the connection broke
    NONSENSE = auto()  #: it sent what is no frame
    SLOW = auto()  #: it does not read what it is told


@dataclass(frozen=True, slots=True)
class FeedMessage:
    """The program said something besides audio."""

    kind: int  #: AudioSocket's type, the WebSocket's opcode
    data: bytes
    position: int  #: samples of audio that came before it


@dataclass(frozen=True, slots=True)
class FeedDigit:
    """A digit for the program: nobody but the listener can tell it."""

    digit: str
    duration: float  #: seconds


@dataclass(frozen=True, slots=True)
class FeedReached:
    """What came before a :meth:`Feed.mark` was heard."""

    number: int


@dataclass(frozen=True, slots=True)
class FeedDrained:
    """All that came was heard; told when :meth:`Feed.tell_drained` asked for it."""


@dataclass(frozen=True, slots=True)
class FeedFilled:
    """So much waits to be heard that the program should wait, or it may go on."""

    is_high: bool


@dataclass(frozen=True, slots=True)
class FeedClosed:
    """It is over; the stream stays until it is closed, and is silent."""

    reason: FeedEnd


FeedEvent = FeedMessage | FeedDigit | FeedReached | FeedDrained | FeedFilled | FeedClosed
FeedListener = Callable[[MediaEvent | FeedEvent], None]

FILLED_AT = 18.0  #: seconds that wait when :class:`FeedFilled` is told,
EMPTIED_AT = 16.0  #: and when it is told that the program may go on
MOST_AUDIO = 30.0  #: seconds that can wait; what comes more is lost


class Feed(Stream, Protocol):
    """A program's audio: a stream as a phone's is."""

    def attach(self, descriptor: int, received: bytes = b"", greeting: bytes = b"") -> None:
        """The program has come, where the feed was opened without one.

        Args:
            descriptor: Its connected socket; the engine's from now on, whatever happens.
            received: What was read of it already.
            greeting: A message, framed already, that it gets before any audio.
        """
        ...

    def send(self, frame: bytes) -> None:
        """Send it a message, framed already; audio keeps coming before and behind it.

        Nobody hears it while no program has come.
        """
        ...

    def press(self, digit: str, *, duration: float = 0.1) -> None:
        """The program says that a key was pressed: told, and passed on, as a phone's."""
        ...

    def mark(self, position: int) -> int:
        """Tell when what came before a position was heard; returns the number that names it.

        Raises:
            MediaError: 256 are waited for already.
        """
        ...

    def tell_drained(self) -> None:
        """Tell once when nothing waits to be heard."""
        ...

    def flush(self, position: int) -> None:
        """Forget what came before a position and was not heard yet, its marks too; go on."""
        ...

    def pause(self, *, paused: bool) -> None:
        """Keep back what the program says, or let it be heard."""
        ...

    def direct(self, *, to_program: bool, from_program: bool) -> None:
        """Let audio go these ways only."""
        ...

    @property
    def waiting(self) -> float:
        """Seconds of audio that wait to be heard."""
        ...
