"""Headers that the dialplan adds to what a channel sends: its INVITE, or its answers to one."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Mapping

from switchroom.base.errors import SwitchroomError
from switchroom.sip.message import COMPACT, Header

MAX_HEADERS = 64
MAX_VALUE = 2000  #: letters
VARIABLE = (
    "SIPADDHEADER"  #: of SIPAddHeader(), with a number behind it; whoever is dialled inherits
)
INHERITABLE = "PJSIPINHERITABLEHEADER"  #: of PJSIP_INHERITABLE_HEADER(), likewise
_TOKEN = re.compile(r"[A-Za-z0-9.!%*_+`'~-]+")
#: What the stack writes itself; a second one would make a message that nobody can read.
_OWN = frozenset(
    ("via", "from", "to", "call-id", "cseq", "content-length", "content-type", "max-forwards")
)


class HeaderError(SwitchroomError):
    """No header can be made of this."""


class AddedHeaders:
    """The added headers of one channel, in order; kept as its datastore."""

    def __init__(self) -> None:
        self.headers: list[Header] = []

    def add(self, name: str, value: str) -> None:
        """Add one.

        Raises:
            HeaderError: It is no header, one of the stack's own, or there are too many.
        """
        if len(self.headers) >= MAX_HEADERS:
            raise HeaderError(f"more than {MAX_HEADERS} headers")
        self.headers.append(checked(name, value))

    def update(self, name: str, value: str, number: int = 1) -> None:
        """Give the ``number``-th header of a name another value.

        Raises:
            HeaderError: There is none.
        """
        at = self._at(name, number)
        self.headers[at] = checked(self.headers[at][0], value)

    def remove(self, name: str, number: int = 0) -> int:
        """Remove a header; returns how many there were.

        Args:
            name: Its name; with ``*`` at its end all that begin so.
            number: Which one of that name; 0: all.
        """
        if number:
            try:
                del self.headers[self._at(name, number)]
            except HeaderError:
                return 0
            return 1
        pattern = name.lower()
        kept = [h for h in self.headers if not fnmatch.fnmatchcase(h[0].lower(), pattern)]
        removed = len(self.headers) - len(kept)
        self.headers = kept
        return removed

    def get(self, name: str, number: int = 1) -> str:
        """The value of the ``number``-th header of a name; empty where there is none."""
        try:
            return self.headers[self._at(name, number)][1]
        except HeaderError:
            return ""

    def _at(self, name: str, number: int) -> int:
        found = [i for i, (each, _) in enumerate(self.headers) if each.lower() == name.lower()]
        if not 0 < number <= len(found):
            raise HeaderError(f"there is no header {name} with the number {number}")
        return found[number - 1]


def checked(name: str, value: str) -> Header:
    """A header that may be sent.

    Raises:
        HeaderError: Its name is none, the stack writes it itself, or its value has line ends.
    """
    name, value = name.strip(), value.strip()
    if not _TOKEN.fullmatch(name):
        raise HeaderError(f"{name!r} is no name of a header")
    if COMPACT.get(name.lower(), name.lower()) in _OWN:
        raise HeaderError(f"{name} is written by the stack itself")
    if any(ord(letter) < 32 for letter in value.replace("\t", " ")) or len(value) > MAX_VALUE:
        raise HeaderError(f"the value of {name} has control characters or is too long")
    return name, value


def headers_of_variables(variables: Mapping[str, str]) -> list[Header]:
    """What the callers of the channel left for it; what is no header is left out."""
    found: list[Header] = []
    for variable in sorted(variables):
        if variable.startswith((VARIABLE, INHERITABLE)):
            name, _, value = variables[variable].partition(":")
            try:
                found.append(checked(name, value))
            except HeaderError:
                continue
    return found[:MAX_HEADERS]


def numbered(fields: Mapping[str, list[str]], name: str, number: int = 1) -> str:
    """The ``number``-th value of a received header, empty where there is none."""
    lowered = name.strip().lower()
    values = fields.get(COMPACT.get(lowered, lowered), [])
    return values[number - 1] if 0 < number <= len(values) else ""


def names_beginning_with(fields: Mapping[str, list[str]], prefix: str) -> list[str]:
    """The names of received headers, as they are usually spelled."""
    wanted = prefix.strip().lower()
    return [_spelled(name) for name in fields if name.startswith(wanted)]


_SPELLED = {"call-id": "Call-ID", "cseq": "CSeq", "mime-version": "MIME-Version", "rack": "RAck"}


def _spelled(name: str) -> str:
    return _SPELLED.get(name) or "-".join(part.capitalize() for part in name.split("-"))
