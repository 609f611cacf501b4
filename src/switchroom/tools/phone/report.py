"""What the phone tells: a line for each thing that happens, for people or for programs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import TextIO


class Tone(Enum):
    """How a line is meant, and the colour it gets on a terminal (ECMA-48)."""

    PLAIN = ""
    GOOD = "\x1b[32m"
    BAD = "\x1b[31m"
    QUIET = "\x1b[2m"


_RESET = "\x1b[0m"


def local_time() -> datetime:
    """Now, with the zone of this machine: to be compared with a server's log."""
    return datetime.now().astimezone()


def wants_colours(stream: TextIO) -> bool:
    """Whether somebody looks at ``stream`` and has not asked for plain text (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def printable(text: str) -> str:
    """The text without what would command a terminal: names of callers come from the network."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


class Report:
    """Prints what happens as it happens.

    Args:
        stream: Where to.
        as_json: One JSON object a line instead of text.
        colours: Whether to colour text.
        clock: The time of a line.
        on_nobody_reads: Called once where nobody reads on at the other end of a pipe.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        as_json: bool = False,
        colours: bool = False,
        clock: Callable[[], datetime] = local_time,
        on_nobody_reads: Callable[[], object] = lambda: None,
    ) -> None:
        self._stream = stream
        self._as_json = as_json
        self._colours = colours
        self._clock = clock
        self._on_nobody_reads = on_nobody_reads
        self._is_read = True

    def tell(self, event: str, text: str, *, tone: Tone = Tone.PLAIN, **details: object) -> None:
        """Print one line.

        Args:
            event: Its name for programs.
            text: A sentence for people.
            tone: How it is meant.
            details: Further members of the JSON object.
        """
        if not self._is_read:
            return
        at = self._clock()
        if self._as_json:
            stamp = at.isoformat(timespec="milliseconds")
            line = json.dumps({"at": stamp, "event": event, **details, "text": text})
        else:
            stamp = f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"
            line = self._coloured(stamp, printable(text), tone)
        try:
            print(line, file=self._stream, flush=True)  # the command's own answer
        except BrokenPipeError:
            # Somebody reads no further (`| head`): nothing is to be said, not even as Python ends.
            self._is_read = False
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
            self._on_nobody_reads()

    def _coloured(self, stamp: str, text: str, tone: Tone) -> str:
        if not self._colours:
            return f"{stamp}  {text}"
        end = _RESET if tone.value else ""
        return f"{Tone.QUIET.value}{stamp}{_RESET}  {tone.value}{text}{end}"
