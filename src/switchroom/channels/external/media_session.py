"""A program on a WebSocket: what it asks for is done, and what happens to its audio is told."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from switchroom.base.errors import MediaError
from switchroom.channels.external.control import (
    Asked,
    Command,
    CommandError,
    ControlFormat,
    event_text,
    parse_command,
)
from switchroom.channels.external.upgrade import Opcode, to_frame
from switchroom.media.api import MediaEvent
from switchroom.media.feeds import (
    EMPTIED_AT,
    FILLED_AT,
    Feed,
    FeedClosed,
    FeedDigit,
    FeedDrained,
    FeedEnd,
    FeedEvent,
    FeedFilled,
    FeedMessage,
    FeedReached,
)

logger = logging.getLogger(__name__)

FRAME = 0.02  #: seconds; the unit of a queue's length
FULL_AT = 20.0  #: seconds that wait when the queue is called full
MAX_ID = 256  #: letters of an id that comes back
NORMAL_CLOSURE = (1000).to_bytes(2)

_DIRECTIONS: Mapping[str, tuple[bool, bool]] = {
    "both": (True, True),
    "in": (True, False),  # of the program: it is sent audio, and heard no more
    "out": (False, True),
}


class Call(Protocol):
    """The channel, as far as its program may do something with it."""

    @property
    def unique_id(self) -> str:
        """Of the channel."""
        ...

    def program_answers(self) -> None:
        """The program takes the call."""

    def program_ends(self) -> None:
        """The program hangs up, or is gone."""

    def on_media_event(self, event: MediaEvent) -> None:
        """The engine tells something of the program's audio."""


@dataclass(frozen=True, slots=True)
class _Mark:
    event: str
    correlation_id: str
    position: int


class MediaSession:
    """What is said over one WebSocket besides audio.

    Args:
        call: Whose program it is.
        as_format: How events are written.
        is_client: Whether we have come to the program: then what we send is masked.
    """

    feed: Feed

    def __init__(self, call: Call, as_format: ControlFormat, *, is_client: bool) -> None:
        self._call: Call | None = call
        self._format = as_format
        self._is_client = is_client
        self._marks: dict[int, _Mark] = {}
        self._is_bulk = False
        self._is_paused = False
        self._commands: Mapping[Command, Callable[[str, int], None]] = {
            Command.ANSWER: lambda _, __: call.program_answers(),
            Command.HANGUP: lambda _, __: call.program_ends(),
            Command.START_MEDIA_BUFFERING: lambda _, __: self._buffer(),
            Command.STOP_MEDIA_BUFFERING: self._stop_buffering,
            Command.MARK_MEDIA: lambda wanted, position: self._mark(
                "MEDIA_MARK_PROCESSED", wanted, position
            ),
            Command.FLUSH_MEDIA: lambda _, position: self._flush(position),
            Command.PAUSE_MEDIA: lambda _, __: self._pause(paused=True),
            Command.CONTINUE_MEDIA: lambda _, __: self._pause(paused=False),
            Command.GET_STATUS: lambda _, __: self._tell_status(),
            Command.REPORT_QUEUE_DRAINED: lambda _, __: self.feed.tell_drained(),
            Command.SET_MEDIA_DIRECTION: lambda wanted, _: self._direct(wanted),
        }

    def tell(self, name: str, **fields: object) -> None:
        """Send the program an event."""
        if self._call is not None:
            event = event_text(self._format, name, self._call.unique_id, fields)
            self.feed.send(self._framed(Opcode.TEXT, event))

    def _framed(self, opcode: Opcode, payload: bytes) -> bytes:
        return to_frame(opcode, payload, secrets.token_bytes(4) if self._is_client else None)

    def greet(self, descriptor: int, received: bytes, **fields: object) -> None:
        """The program has come: tell it what begins, before any audio."""
        assert self._call is not None
        event = event_text(self._format, "MEDIA_START", self._call.unique_id, fields)
        self.feed.attach(descriptor, received, self._framed(Opcode.TEXT, event))

    def close(self) -> None:
        """Say goodbye, and close the connection."""
        if self._call is not None:
            self._call = None
            self._commands = {}
            self.feed.send(self._framed(Opcode.CLOSE, NORMAL_CLOSURE))
            self.feed.close()

    # what the engine tells

    def on_event(self, event: MediaEvent | FeedEvent) -> None:
        """Something happened to the program's audio, or it said something."""
        if self._call is None:
            return
        match event:
            case FeedMessage():
                self._on_message(event)
            case FeedDigit(digit):
                self.tell("DTMF_END", digit=digit)
            case FeedReached(number):
                self._on_reached(number)
            case FeedFilled(is_high):
                self.tell("MEDIA_XOFF" if is_high else "MEDIA_XON")
            case FeedDrained():
                self.tell("QUEUE_DRAINED")
            case FeedClosed(reason):
                self._on_closed(reason)
            case _:
                self._call.on_media_event(event)

    def _on_reached(self, number: int) -> None:
        mark = self._marks.pop(number, None)
        if mark is not None:
            self.tell(mark.event, correlation_id=mark.correlation_id)

    def _on_closed(self, reason: FeedEnd) -> None:
        assert self._call is not None
        if reason is not FeedEnd.CLOSED:
            logger.warning("WebSocket of %s: %s", self._call.unique_id, reason.name.lower())
        self._call.program_ends()

    def _on_message(self, message: FeedMessage) -> None:
        assert self._call is not None
        match message.kind:
            case Opcode.TEXT:
                self._on_command(message)
            case Opcode.PING:
                self.feed.send(self._framed(Opcode.PONG, message.data))
            case Opcode.CLOSE:
                self._call.program_ends()
            case _:
                pass  # a pong that nobody asked for

    def _on_command(self, message: FeedMessage) -> None:
        try:
            asked = parse_command(message.data)
            self._carry_out(asked, message.position)
        except (CommandError, MediaError) as error:
            self.tell("ERROR", error_text=str(error))

    # what the program asks for

    def _carry_out(self, asked: Asked, position: int) -> None:
        """Do it.

        Raises:
            CommandError: What stands behind it makes no sense.
            MediaError: Too many marks wait.
        """
        if len(asked.argument) > MAX_ID:
            raise CommandError(f"what stands behind {asked.command} is too long")
        self._commands[asked.command](asked.argument, position)

    def _buffer(self) -> None:
        self._is_bulk = True

    def _stop_buffering(self, wanted: str, position: int) -> None:
        self._is_bulk = False
        self._mark("MEDIA_BUFFERING_COMPLETED", wanted, position)

    def _mark(self, event: str, wanted: str, position: int) -> None:
        self._marks[self.feed.mark(position)] = _Mark(event, wanted, position)

    def _flush(self, position: int) -> None:
        self.feed.flush(position)
        self._is_bulk = self._is_paused = False
        for number in [each for each, mark in self._marks.items() if mark.position <= position]:
            del self._marks[number]

    def _pause(self, *, paused: bool) -> None:
        self._is_paused = paused
        self.feed.pause(paused=paused)

    def _tell_status(self) -> None:
        waiting = self.feed.waiting
        self.tell(
            "STATUS",
            queue_length=round(waiting / FRAME),
            xon_level=round(EMPTIED_AT / FRAME),
            xoff_level=round(FILLED_AT / FRAME),
            queue_full=waiting >= FULL_AT,
            bulk_media=self._is_bulk,
            media_paused=self._is_paused,
        )

    def _direct(self, wanted: str) -> None:
        ways = _DIRECTIONS.get(wanted)
        if ways is None:
            raise CommandError(f"no direction {wanted!r}: it is both, in or out")
        self.feed.direct(to_program=ways[0], from_program=ways[1])
