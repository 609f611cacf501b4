"""What a rule found, and where."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path


class Severity(enum.IntEnum):
    """How bad it is; a larger one is worse."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """``warning``, as it is written on the command line and in reports."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A stretch of one line of a file."""

    path: Path
    line: int  #: from 1; 0: the file as a whole
    column: int = 0  #: from 1; 0: the line as a whole
    length: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """What a rule yields; the rule's code is added by whoever runs it."""

    place: Place
    message: str
    severity: Severity | None = None  #: None: that of the rule


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with the rule that found it."""

    code: str
    severity: Severity
    place: Place
    message: str
