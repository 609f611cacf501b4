"""The other end of the control socket: one command, or a connection to ask more of."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self, TextIO

from switchroom.base.errors import SwitchroomError
from switchroom.cli.wire import (
    MAX_ANSWER_BYTES,
    MAX_REQUEST_BYTES,
    Banner,
    Frame,
    FrameDecoder,
    FrameKind,
    WireError,
    encode_frame,
)

_READ_BYTES = 64 * 1024


class LineTooLongError(WireError):
    """The line was not sent; the connection still stands."""


class NoServerError(SwitchroomError):
    """Nobody answers on the control socket."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Unable to connect to remote asterisk (does {path} exist?)")


class ControlClient:
    """A connection to a running server; blocking, for a process of its own.

    Args:
        path: The control socket.

    Raises:
        NoServerError: Nobody answers there.
    """

    def __init__(self, path: Path) -> None:
        self._decoder = FrameDecoder(MAX_ANSWER_BYTES)
        self._frames: list[Frame] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.connect(os.fsencode(path))
            self.banner = Banner.decode(self._next())
        except (OSError, WireError) as error:
            self._socket.close()
            raise NoServerError(path) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; a command that still runs is stopped."""
        self._socket.close()

    def run(self, line: str) -> Iterator[str]:
        """Run a command and yield its output as it comes.

        Raises:
            LineTooLongError: Nothing was sent.
            WireError: The connection broke.
        """
        self._send(FrameKind.COMMAND, line)
        while True:
            frame = self._next()
            if frame.kind is FrameKind.END:
                return
            if frame.kind is FrameKind.OUTPUT:
                yield frame.text

    def complete(self, line: str) -> list[str]:
        """What the last word of ``line`` could become.

        Raises:
            LineTooLongError: Nothing was sent.
            WireError: The connection broke.
        """
        self._send(FrameKind.COMPLETE, line)
        while (frame := self._next()).kind is not FrameKind.COMPLETIONS:
            pass
        return frame.text.split("\n") if frame.payload else []

    def _send(self, kind: FrameKind, line: str) -> None:
        frame = encode_frame(kind, line)
        if len(frame) > MAX_REQUEST_BYTES:
            raise LineTooLongError(f"a line may have {MAX_REQUEST_BYTES} bytes")
        try:
            self._socket.sendall(frame)
        except OSError as error:
            raise WireError("the server is gone") from error

    def _next(self) -> Frame:
        while not self._frames:
            try:
                data = self._socket.recv(_READ_BYTES)
            except OSError as error:
                raise WireError("the server is gone") from error
            if not data:
                raise WireError("the server is gone")
            self._frames += self._decoder.feed(data)
        return self._frames.pop(0)


def run_command(path: Path, line: str, *, out: TextIO | None = None) -> int:
    """Run one command and print what it says (``-rx``).

    Args:
        path: The control socket.
        line: The command.
        out: Where to print; None: standard output.

    Returns:
        The exit code: 0 whatever the command said, 1 when no server answers or it went away.
    """
    stream = sys.stdout if out is None else out
    try:
        with ControlClient(path) as client:
            for text in client.run(line):
                _print(text, stream)
    except SwitchroomError as error:
        print(error, file=sys.stderr)  # noqa: T201  # the command line's own answer
        return 1
    except BrokenPipeError:
        # Somebody reads no further (`| head`): nothing is left to say, not even when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 0


def _print(text: str, stream: TextIO) -> None:
    """Print text that may hold bytes which are none."""
    buffer = getattr(stream, "buffer", None)
    if buffer is None:
        stream.write(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    else:
        buffer.write(text.encode("utf-8", "surrogateescape"))
    stream.flush()
