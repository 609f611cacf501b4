"""AudioSocket: a type, sixteen bits of length, and audio, a digit or the end behind them, over TCP.

The engine carries audio past this; here is all that is said besides, for the channel driver and the
application. The end is played out: what the program said before it closed is heard.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from switchroom.base.errors import SwitchroomError
from switchroom.media.api import MediaEngine, MediaEvent, MediaListener, no_listener
from switchroom.media.feeds import (
    Feed,
    FeedClosed,
    FeedDigit,
    FeedDrained,
    FeedEnd,
    FeedEvent,
    FeedMessage,
    FeedPlan,
    FeedReached,
    Framing,
)
from switchroom.net.connecting import connect_tcp, parse_service

logger = logging.getLogger(__name__)

#: Audio formats by the types that carry them; the engine has no wider ones.
FORMATS = ("slin", "slin12", "slin16", "slin24", "slin32", "slin48")


class Kind(IntEnum):
    """What a frame is; those of audio begin at 0x10."""

    HANGUP = 0x00
    UUID = 0x01
    DIGIT = 0x03
    ERROR = 0xFF


def _nobody() -> None:
    """Whom a closed connection tells."""


class AudioSocketError(SwitchroomError):
    """There is no way to the program, or what it should get makes no sense."""


def to_frame(kind: Kind, payload: bytes = b"") -> bytes:
    """One frame."""
    return struct.pack("!BH", kind, len(payload)) + payload


@dataclass(frozen=True, slots=True)
class Target:
    """Which program, and which call it is to believe it is."""

    host: str
    port: int
    uuid: UUID

    @classmethod
    def parse(cls, service: str, uuid: str) -> Target:
        """From ``host:port`` and the text of a UUID.

        Raises:
            AudioSocketError: They are none.
        """
        try:
            return cls(*parse_service(service), UUID(uuid.strip()))
        except ValueError as error:
            message = f"AudioSocket: {error} ({service!r}, {uuid!r})"
            raise AudioSocketError(message) from error

    @property
    def service(self) -> str:
        """As it was written."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class AudioSocket:
    """One connection. Made by :meth:`open`.

    Args:
        name: Whose it is, for the log.
        over: Called once when the program has ended it.
        listener: Hears what the engine tells of every stream.
    """

    feed: Feed

    def __init__(self, name: str, over: Callable[[], None], listener: MediaListener) -> None:
        self._name = name
        self._over = over
        self._listener = listener
        self._last = 0  #: the mark behind the program's last word
        self._is_over = False

    @classmethod
    async def open(
        cls,
        engine: MediaEngine,
        target: Target,
        codec: str,
        *,
        name: str,
        over: Callable[[], None],
        listener: MediaListener,
    ) -> AudioSocket:
        """Connect, and say which call it is.

        Raises:
            AudioSocketError: Nobody answers.
            MediaError: The engine is closed.
        """
        try:
            connected = await connect_tcp(target.host, target.port)
        except OSError as error:
            raise AudioSocketError(f"AudioSocket: {target.service}: {error}") from error
        self = cls(name, over, listener)
        try:
            plan = FeedPlan(Framing.AUDIOSOCKET, codec)
            self.feed = engine.open_feed(connected.fileno(), plan, self._on_event)
        except BaseException:
            connected.close()
            raise
        connected.detach()
        self.feed.send(to_frame(Kind.UUID, target.uuid.bytes))
        return self

    def send_digit(self, digit: str) -> None:
        """Tell the program that a key was pressed."""
        self.feed.send(to_frame(Kind.DIGIT, digit.encode("ascii", "replace")))

    def close(self) -> None:
        """End it; the program is told."""
        self._is_over = True
        self.feed.send(to_frame(Kind.HANGUP))
        self.feed.close()
        self._over = _nobody  # he, his channel and this held each other
        self._listener = no_listener

    def _on_event(self, event: MediaEvent | FeedEvent) -> None:
        match event:
            case FeedMessage():
                self._on_message(event)
            case FeedDigit():
                self.send_digit(event.digit)
            case FeedReached(number) if number == self._last:
                self._end()
            case FeedDrained():
                self._end()
            case FeedClosed(reason):
                self._on_closed(reason)
            case _:
                self._listener(event)  # type: ignore[arg-type]  # the others are told to no one

    def _on_message(self, message: FeedMessage) -> None:
        if message.kind == Kind.HANGUP and not self._last:
            self._last = self.feed.mark(message.position)
        elif message.kind == Kind.DIGIT:
            self.feed.press(message.data[:1].decode("latin-1"))
        elif message.kind == Kind.ERROR:
            logger.warning("%s: AudioSocket: the program fails: %s", self._name, message.data.hex())
            self._end()

    def _on_closed(self, reason: FeedEnd) -> None:
        if reason is FeedEnd.CLOSED:
            self.feed.tell_drained()  # what it said last is heard first
            return
        logger.warning("%s: AudioSocket: the connection ended: %s", self._name, reason.name.lower())
        self._end()

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._over()
