"""What is known of a message besides its sound, as the spool's text files have it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

URGENT_FLAG = "Urgent"
_CALLER = re.compile(r'\s*"?(?P<name>[^"<]*?)"?\s*<(?P<number>[^>]*)>\s*$')
_LINE = re.compile(r"(?P<name>[A-Za-z_]+)\s*=>?\s*(?P<value>.*)")

#: Each line of a text file, and where :class:`Message` keeps it.
_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "origmailbox": "mailbox", "context": "context", "macrocontext": "macro_context",
        "exten": "extension", "rdnis": "redirecting", "priority": "priority",
        "callerchan": "channel", "callerid": "caller", "origdate": "date", "origtime": "time",
        "category": "category", "msg_id": "id", "flag": "flag", "duration": "duration",
    }
)  # fmt: skip
_NUMBERS = frozenset({"time", "duration"})


@dataclass(frozen=True, slots=True)
class Message:
    """One message: where it was left, by whom, when, and how long it is."""

    id: str  #: the same wherever the message is moved to
    mailbox: str
    time: int  #: seconds since the epoch
    duration: int = 0  #: seconds
    caller: str = ""  #: ``"name" <number>``; empty: nobody knows
    context: str = ""
    extension: str = ""
    priority: str = "1"
    channel: str = ""
    redirecting: str = "unknown"
    macro_context: str = ""
    category: str = ""
    flag: str = ""
    date: str = ""  #: as it is written; empty: from :attr:`time`

    @property
    def is_urgent(self) -> bool:
        """Whether its caller said so."""
        return self.flag == URGENT_FLAG

    @property
    def caller_name(self) -> str:
        """Of who left it; empty where there is none."""
        match = _CALLER.match(self.caller)
        return match["name"].strip() if match else ""

    @property
    def caller_number(self) -> str:
        """Of who left it; empty where there is none."""
        match = _CALLER.match(self.caller)
        if match:
            return match["number"].strip()
        text = self.caller.strip()
        return text if re.fullmatch(r"\+?[0-9*#]+", text) else ""

    def to_text(self) -> str:
        """The text file."""
        date = self.date or written_date(self.time)
        values = {name: getattr(self, where) for name, where in _FIELDS.items()} | {
            "origdate": date,
            "callerid": self.caller or "Unknown",
        }
        lines = [f"{name}={one_line(str(value))}" for name, value in values.items()]
        return "\n".join([";", "; Message Information file", ";", "[message]", *lines, ""])


def one_line(text: str) -> str:
    """A text, which may be a caller's, without what would begin another line."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def written_date(seconds: int) -> str:
    """A moment as text files have it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%a %b %d %I:%M:%S %p UTC %Y")


def parse_message(text: str) -> Message:
    """Read a text file; what it lacks is as good as empty. The id may be."""
    values: dict[str, str | int] = {"id": "", "mailbox": "", "time": 0}
    for line in text.splitlines():
        match = _LINE.match(line.strip())
        where = _FIELDS.get(match["name"].lower()) if match else None
        if match is None or where is None:
            continue
        value = match["value"].strip()
        if where not in _NUMBERS:
            values[where] = value
        elif value.isascii() and value.isdigit():
            values[where] = int(value[:12])
    if values.get("caller") == "Unknown":
        values["caller"] = ""
    return Message(**values)  # type: ignore[arg-type]  # the table says which are numbers
