"""The outer form of iCalendar (RFC 5545 §3.1): folded lines, properties, components in each other.

What cannot be read is passed over, as far as the end of a file that was cut off: others write it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import StringIO

from switchroom.calendars.event import CalendarError

MAX_DEPTH = 8  #: components in components; a calendar needs three
MAX_LINES = 200_000  #: 60 MB of memory
MAX_TEXT = 8192  #: letters of a text that are kept

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(
    r'(?P<name>[A-Za-z0-9-]++)(?P<parameters>(?:;[^":;]*+(?:"[^"]*+"[^":;]*+)*+)*+):(?P<value>.*)'
)
_PARAMETER = re.compile(r';(?P<name>[A-Za-z0-9-]+)=(?P<value>(?:"[^"]*+"|[^";:])*+)')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Property:
    """One line: ``DTSTART;TZID=Europe/Berlin:20260102T090000``."""

    name: str  #: in upper case
    value: str
    parameters: Mapping[str, str] = field(default_factory=dict)  #: by upper-case name


@dataclass(slots=True)
class Component:
    """What stands between ``BEGIN:VEVENT`` and ``END:VEVENT``."""

    name: str  #: in upper case
    properties: list[Property] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)

    def find(self, name: str) -> Property | None:
        """The first property of a name."""
        return next((each for each in self.properties if each.name == name), None)

    def all(self, name: str) -> list[Property]:
        """All properties of a name."""
        return [each for each in self.properties if each.name == name]

    def value(self, name: str) -> str:
        """The value of the first property of a name, as it is written; nothing without one."""
        found = self.find(name)
        return "" if found is None else found.value.strip()

    def text(self, name: str) -> str:
        """The same, as a text that can be shown."""
        found = self.find(name)
        return "" if found is None else plain(found.value)

    def children(self, name: str) -> list[Component]:
        """The components of a name that are directly in this one."""
        return [each for each in self.components if each.name == name]


def parse_calendars(text: str) -> list[Component]:
    """Read every ``VCALENDAR`` of a text.

    Raises:
        CalendarError: There is none, or it is no calendar's form at all.
    """
    root = Component("")
    path = [root]
    for number, each in enumerate(_properties(text)):
        if number > MAX_LINES:
            raise CalendarError(f"more than {MAX_LINES} lines")
        if each.name == "BEGIN":
            if len(path) > MAX_DEPTH:
                raise CalendarError("components lie too deep in each other")
            inner = Component(each.value.strip().upper())
            path[-1].components.append(inner)
            path.append(inner)
        elif each.name == "END":
            if len(path) > 1:
                path.pop()
        else:
            path[-1].properties.append(each)
    calendars = root.children("VCALENDAR")
    if not calendars:
        raise CalendarError("no calendar in the answer")
    return calendars


def _properties(text: str) -> Iterator[Property]:
    for line in StringIO(_FOLD.sub("", text), newline="\n"):
        match = _LINE.match(line.rstrip("\r\n"))
        if match is None:
            continue
        written = match["parameters"]
        parameters = (
            {
                found["name"].upper(): found["value"].strip('"')
                for found in _PARAMETER.finditer(written)
            }
            if written
            else {}
        )
        yield Property(match["name"].upper(), match["value"], parameters)


def plain(value: str) -> str:
    r"""A TEXT value (RFC 5545 §3.3.11) without escapes, and without what controls a terminal."""
    value = value[:MAX_TEXT]
    if "\\" in value:
        value = _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)
    return _CONTROL.sub("", value).strip()


def escaped(text: str) -> str:
    r"""A text as a TEXT value."""
    for letter in ("\\", ";", ","):
        text = text.replace(letter, f"\\{letter}")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, none of which parts a letter; ends with CRLF."""
    pieces: list[str] = []
    piece: list[str] = []
    size = 0
    for letter in line:
        octets = len(letter.encode(errors="surrogateescape"))
        if size + octets > 74:
            pieces.append("".join(piece))
            piece, size = [], 0
        piece.append(letter)
        size += octets
    pieces.append("".join(piece))
    return "\r\n ".join(pieces) + "\r\n"
