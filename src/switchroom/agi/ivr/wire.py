"""What goes over the line, without I/O: a letter, a comma, and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Tag(Enum):
    """What a program is told, besides keys, whose letter is the key."""

    HANGUP = "H"
    EXIT = "E"
    FAILED = "Z"  #: the command before; behind it, with what
    INTERRUPTED = "T"  #: the list of sounds, while one was heard
    DROPPED = "D"  #: a sound of it
    FINISHED = "F"  #: a sound was heard to its end
    PARAMETERS = "P"
    VARIABLES = "G"
    INFORMATION = "I"


class End(Enum):
    """How a program let go of a call."""

    EXIT = auto()  #: the dialplan goes on
    HANGUP = auto()  #: it, or the caller, hung up
    GONE = auto()  #: it ended, or its connection did


def event_text(tag: Tag | str, now: float, data: str = "") -> str:
    """A line for the program.

    Args:
        tag: What happened, or a key.
        now: The wall clock.
        data: What belongs to it; on one line whatever it has.
    """
    letter = tag.value if isinstance(tag, Tag) else tag
    behind = "," + data.replace("\r", " ").replace("\n", " ") if data else ""
    return f"{letter},{int(now)}{behind}\n"


@dataclass(frozen=True, slots=True)
class Command:
    """What a program says."""

    letter: str
    data: str = ""

    def words(self) -> list[str]:
        """Its data, separated by commas."""
        return [word.strip() for word in self.data.split(",") if word.strip()]


def parse_command(line: str) -> Command | None:
    """A line of the program; None where it is none: one letter, and behind a comma its data."""
    text = line.strip()
    letter, comma, data = text[:1].upper(), text[1:2], text[2:]
    if not letter.isascii() or not letter.isalpha() or comma not in {"", ","}:
        return None
    return Command(letter, data)
