"""Comments that silence a finding where it stands.

exten => 100,1,System(/usr/bin/x) ; switchroom: ignore SW303 built next month
; switchroom: ignore SW205,SW3xx    (alone: for the next line that says something)
; switchroom: ignore-file SW501 the prompts are installed elsewhere
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from switchroom.tools.check.finding import Finding, Place
from switchroom.tools.check.lines import Lines

_COMMENT = re.compile(
    r"(?<!\\);\s*switchroom:\s*(?P<word>ignore(?:-file)?)\s+(?P<codes>\w+(?:\s*,\s*\w+)*)",
    re.IGNORECASE,
)


def has_code(code: str, wanted: str) -> bool:
    """Whether ``SW2``, ``SW2xx`` or ``SW204`` means the code ``SW204``."""
    return code.upper().startswith(wanted.upper().rstrip("X") or "?")


@dataclass(slots=True)
class Suppression:
    """One comment."""

    place: Place
    codes: tuple[str, ...]
    line: int  #: that it speaks of; 0: the whole file
    used: set[str] = field(default_factory=set)  #: those of the codes that silenced something

    def silences(self, finding: Finding) -> bool:
        """Whether it speaks of a finding; remembers that it was needed."""
        if self.line and finding.place.line != self.line:
            return False
        matching = {code for code in self.codes if has_code(finding.code, code)}
        self.used |= matching
        return bool(matching)


class Suppressions:
    """All comments of the files that were read."""

    def __init__(self, lines: Lines) -> None:
        self._by_path: dict[Path, list[Suppression]] = {}
        for path in lines.paths():
            found = list(_of_file(path, lines.of(path)))
            if found:
                self._by_path[path] = found

    def silence(self, finding: Finding) -> bool:
        """Whether a finding is not to be reported."""
        found = self._by_path.get(finding.place.path, ())
        # Every one that speaks of it is asked, so that none of them seems to be unneeded.
        answers = [each.silences(finding) for each in found]
        return any(answers)

    def __iter__(self) -> Iterator[Suppression]:
        for found in self._by_path.values():
            yield from found


def _of_file(path: Path, lines: list[str]) -> Iterator[Suppression]:
    for number, line in enumerate(lines, start=1):
        match = _COMMENT.search(line) if "switchroom:" in line.lower() else None
        if match is None:
            continue
        codes = tuple(code.strip().upper() for code in match["codes"].split(","))
        place = Place(path, number, match.start() + 1, match.end() - match.start())
        about = number
        if match["word"].lower() == "ignore-file":
            about = 0
        elif line.lstrip().startswith(";"):
            about = _next_line(lines, number)
        yield Suppression(place, codes, about)


def _next_line(lines: list[str], number: int) -> int:
    """The next line that is neither empty nor a comment."""
    for following in range(number, len(lines)):
        text = lines[following].strip()
        if text and not text.startswith(";"):
            return following + 1
    return -1
