"""The control socket's protocol, without a socket.

A stream of frames in both directions, each with a header of five bytes::

    0      1                    5
    +------+--------------------+-----------------
    | kind | length, big endian | payload, UTF-8 …
    +------+--------------------+-----------------

The server begins with a BANNER. To a COMMAND it answers any number of OUTPUT frames and one END
with the exit status; to a COMPLETE one COMPLETIONS. One request is answered after the other.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import IntEnum
from struct import Struct

from switchroom.base.errors import SwitchroomError

MAX_REQUEST_BYTES = 64 * 1024  #: payload of what a client may send
MAX_ANSWER_BYTES = 1024 * 1024  #: payload of what a server may send in one frame
OUTPUT_CHUNK_BYTES = 64 * 1024

_HEADER = Struct("!BI")


class WireError(SwitchroomError):
    """The other side does not speak this protocol."""


class FrameKind(IntEnum):
    """What a frame carries."""

    BANNER = ord("B")  #: who answers, as JSON
    COMMAND = ord("C")  #: a line to run
    COMPLETE = ord("T")  #: a line to complete at its end
    OUTPUT = ord("O")  #: a part of a command's output
    END = ord("E")  #: the exit status as decimal digits
    COMPLETIONS = ord("L")  #: words, one a line


@dataclass(frozen=True, slots=True)
class Frame:
    """One message."""

    kind: FrameKind
    payload: bytes

    @property
    def text(self) -> str:
        """The payload as text; bytes that are none come through unharmed."""
        return self.payload.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Banner:
    """Who answers on a control socket."""

    version: str
    host: str
    pid: int

    def encode(self) -> bytes:
        """As the first frame."""
        return encode_frame(FrameKind.BANNER, json.dumps(asdict(self)))

    @classmethod
    def decode(cls, frame: Frame) -> Banner:
        """Read the first frame.

        Raises:
            WireError: It is no banner.
        """
        if frame.kind is not FrameKind.BANNER:
            raise WireError("the server sent no banner")
        try:
            fields = json.loads(frame.payload)
            return cls(str(fields["version"]), str(fields["host"]), int(fields["pid"]))
        except (ValueError, KeyError, TypeError) as error:
            raise WireError("the server sent a banner that cannot be read") from error


def encode_frame(kind: FrameKind, text: str) -> bytes:
    """One frame as bytes."""
    payload = text.encode("utf-8", "surrogateescape")
    return _HEADER.pack(kind, len(payload)) + payload


def encode_output(text: str) -> list[bytes]:
    """A command's output as frames that fit."""
    payload = text.encode("utf-8", "surrogateescape")
    return [
        _HEADER.pack(FrameKind.OUTPUT, len(chunk)) + chunk
        for start in range(0, len(payload), OUTPUT_CHUNK_BYTES)
        for chunk in [payload[start : start + OUTPUT_CHUNK_BYTES]]
    ]


class FrameDecoder:
    """Turns the bytes of a stream into frames.

    Args:
        limit: The longest payload that is accepted, in bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Take in what arrived and return the frames that are complete now.

        Raises:
            WireError: A kind that is none, or a payload above the limit; the stream is of no use
                from here on.
        """
        self._buffer += data
        frames = []
        while len(self._buffer) >= _HEADER.size:
            number, length = _HEADER.unpack_from(self._buffer)
            try:
                kind = FrameKind(number)
            except ValueError as error:
                raise WireError(f"a frame of unknown kind {number}") from error
            if length > self._limit:
                raise WireError(f"a frame of {length} bytes, more than {self._limit}")
            end = _HEADER.size + length
            if len(self._buffer) < end:
                break
            frames.append(Frame(kind, bytes(self._buffer[_HEADER.size : end])))
            del self._buffer[:end]
        return frames
