"""The words of a WebSocket for media: what a program asks for, and what it is told.

As one line of text, or as JSON; what asks is understood in both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from switchroom.base.errors import SwitchroomError

#: What an event says: a number, a word, or (in JSON only) channel variables.
Fields = Mapping[str, object]

#: Of some events the line of text has one value without its name.
_BARE = {"correlation_id", "error_text"}


class ControlFormat(Enum):
    """How events are written."""

    TEXT = "plain-text"
    JSON = "json"


class Command(StrEnum):
    """What a program may ask for."""

    ANSWER = "ANSWER"
    HANGUP = "HANGUP"
    START_MEDIA_BUFFERING = "START_MEDIA_BUFFERING"
    STOP_MEDIA_BUFFERING = "STOP_MEDIA_BUFFERING"
    MARK_MEDIA = "MARK_MEDIA"
    FLUSH_MEDIA = "FLUSH_MEDIA"
    PAUSE_MEDIA = "PAUSE_MEDIA"
    CONTINUE_MEDIA = "CONTINUE_MEDIA"
    GET_STATUS = "GET_STATUS"
    REPORT_QUEUE_DRAINED = "REPORT_QUEUE_DRAINED"
    SET_MEDIA_DIRECTION = "SET_MEDIA_DIRECTION"


class CommandError(SwitchroomError):
    """What a program asks for makes no sense."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command and what stands behind it."""

    command: Command
    argument: str = ""  #: an id that comes back, or a direction


def parse_command(text: bytes) -> Asked:
    """Read a command, be it a line or an object of JSON.

    Raises:
        CommandError: It is none.
    """
    try:
        line = text.decode().strip()
    except UnicodeDecodeError as error:
        raise CommandError("a command that is no UTF-8") from error
    name, argument = _from_json(line) if line[:1] == "{" else _from_line(line)
    try:
        return Asked(Command(name), argument)
    except ValueError as error:
        raise CommandError(f"no command {name[:40]!r}") from error


def _from_line(line: str) -> tuple[str, str]:
    name, _, argument = line.partition(" ")
    return name, argument.strip()


def _from_json(text: str) -> tuple[str, str]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommandError("a command that is no JSON") from error
    argument = told.get("correlation_id", told.get("direction", ""))
    return str(told.get("command", "")), str(argument)


def event_text(as_format: ControlFormat, name: str, channel_id: str, fields: Fields) -> bytes:
    """An event as it goes to the program.

    Args:
        as_format: How.
        name: Of the event.
        channel_id: The unique id of the channel.
        fields: What it says, in order; a mapping among them is left out of a line.
    """
    if as_format is ControlFormat.JSON:
        return json.dumps({"event": name, "channel_id": channel_id, **fields}).encode()
    words = [name]
    for key, value in fields.items():
        if isinstance(value, Mapping) or value == "":
            continue
        word = str(value).lower() if isinstance(value, bool) else str(value)
        words.append(word if key in _BARE else f"{key}:{word}")
    return " ".join(words).encode()
