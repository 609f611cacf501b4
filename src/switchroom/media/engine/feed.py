"""A stream whose party is a program, as the control side holds it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.media.codecs.codec import Codec, Native
from switchroom.media.codecs.registry import all_codecs
from switchroom.media.engine import _engine
from switchroom.media.engine.plan import TICK, find_codec
from switchroom.media.engine.stream import SAMPLE_RATE, EngineStream
from switchroom.media.feeds import (
    FeedClosed,
    FeedDigit,
    FeedDrained,
    FeedEnd,
    FeedEvent,
    FeedFilled,
    FeedListener,
    FeedMessage,
    FeedReached,
    Framing,
)

if TYPE_CHECKING:
    from switchroom.media.engine.engine import Engine

MESSAGES_AT_ONCE = 32  #: in a tick; a program that sends more is read more slowly

FRAMINGS: Mapping[Framing, int] = MappingProxyType(
    {
        Framing.NONE: _engine.FRAMING_NONE,
        Framing.AUDIOSOCKET: _engine.FRAMING_AUDIOSOCKET,
        Framing.WEBSOCKET: _engine.FRAMING_WEBSOCKET,
        Framing.WEBSOCKET_CLIENT: _engine.FRAMING_WEBSOCKET_CLIENT,
    }
)
_ENDS: Mapping[int, FeedEnd] = MappingProxyType(
    {
        _engine.CLOSED_BY_PROGRAM: FeedEnd.CLOSED,
        _engine.CLOSED_FOR_NONSENSE: FeedEnd.NONSENSE,
        _engine.CLOSED_FOR_SLOWNESS: FeedEnd.SLOW,
    }
)
#: Octets of these can be cut anywhere, or stand in messages of their own.
_FED = frozenset({Native.PCMU, Native.PCMA, Native.G722, Native.LINEAR, Native.OPUS})


def feed_codec(name: str) -> Codec:
    """The codec of a feed, its library opened.

    Raises:
        MediaError: There is none such, or it cannot be sent without RTP around it.
    """
    codec = all_codecs().get(name)
    if codec is None or codec.native not in _FED:
        raise MediaError(f"no program can be sent {name!r}")
    return find_codec(codec.name, codec.clock_rate)


def _nobody(_: object) -> None:
    """Whom a closed feed tells."""


class EngineFeed(EngineStream):
    """Fulfils :class:`~switchroom.media.feeds.Feed`.

    Args:
        engine: Whose stream it is.
        slot: Its place in the native table.
        number: Names it in events.
        rate: Hertz.
        listener: Hears its events.
    """

    def __init__(
        self, engine: Engine, slot: int, number: int, rate: int, listener: FeedListener
    ) -> None:
        super().__init__(engine, slot, number, ("", 0), listener)
        self.sample_rate = rate
        self._tell: FeedListener = listener

    def tell(self, event: FeedEvent) -> None:
        """Let the listener hear something."""
        self._tell(event)

    def take_messages(self) -> None:
        """The program has said something: tell it, bit by bit where it is much."""
        for _ in range(MESSAGES_AT_ONCE):
            message = None if self.is_closed else self.pump.feeds.take_message(self.slot)
            if message is None:
                return
            self._tell(FeedMessage(*message))
        self.loop.call_later(TICK, self.take_messages)

    def attach(self, descriptor: int, received: bytes = b"", greeting: bytes = b"") -> None:
        """The program has come."""
        if self.is_closed:
            os.close(descriptor)
            return
        os.set_blocking(descriptor, False)  # as the library has it
        self.pump.feeds.attach(self.slot, descriptor, greeting, bytearray(received))

    def send(self, frame: bytes) -> None:
        """Send it a message, framed already."""
        if not self.is_closed:
            self.pump.feeds.send(self.slot, frame)

    def press(self, digit: str, *, duration: float = 0.1) -> None:
        """The program says that a key was pressed."""
        if not self.is_closed and len(digit) == 1 and digit.isascii():
            self.pump.feeds.press(self.slot, digit, round(duration * SAMPLE_RATE))

    def mark(self, position: int) -> int:
        """Tell when what came before a position was heard.

        Raises:
            MediaError: Too many are waited for already.
        """
        number = self._engine.next_number()
        if not self.is_closed and not self.pump.feeds.mark(self.slot, position, number):
            raise MediaError("too many marks wait to be heard")
        return number

    def tell_drained(self) -> None:
        """Tell once when nothing waits to be heard."""
        if not self.is_closed:
            self.pump.feeds.tell_drained(self.slot)

    def flush(self, position: int) -> None:
        """Forget what came before a position and was not heard yet; go on."""
        if not self.is_closed:
            self.pump.feeds.flush(self.slot, position)

    def pause(self, *, paused: bool) -> None:
        """Keep back what the program says, or let it be heard."""
        if not self.is_closed:
            self.pump.feeds.pause(self.slot, paused)

    def direct(self, *, to_program: bool, from_program: bool) -> None:
        """Let audio go these ways only."""
        if not self.is_closed:
            self.pump.feeds.direct(self.slot, to_program, from_program)

    @property
    def waiting(self) -> float:
        """Seconds of audio that wait to be heard."""
        put, taken = (0, 0) if self.is_closed else self.pump.feeds.measure(self.slot)
        return (put - taken) / self.sample_rate

    def close(self) -> None:
        """Close the connection; running waits end."""
        super().close()
        self._tell = _nobody


#: What each event of the native side means to the feed it concerns.
FEED_EVENTS: Mapping[int, Callable[[EngineFeed, int, int], None]] = MappingProxyType(
    {
        _engine.FEED_MESSAGE: lambda feed, _, __: feed.take_messages(),
        _engine.FEED_DIGIT: lambda feed, digit, samples: feed.tell(
            FeedDigit(chr(digit), samples / SAMPLE_RATE)
        ),
        _engine.FEED_REACHED: lambda feed, number, _: feed.tell(FeedReached(number)),
        _engine.FEED_DRAINED: lambda feed, _, __: feed.tell(FeedDrained()),
        _engine.FEED_FILLED: lambda feed, is_high, _: feed.tell(FeedFilled(bool(is_high))),
        _engine.FEED_CLOSED: lambda feed, reason, _: feed.tell(
            FeedClosed(_ENDS.get(reason, FeedEnd.FAILED))
        ),
    }
)
