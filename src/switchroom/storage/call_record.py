"""The call record (CDR): what is kept of one pair of parties, as a backend gets it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Disposition(StrEnum):
    """How it came out."""

    NO_ANSWER = "NO ANSWER"
    FAILED = "FAILED"
    BUSY = "BUSY"
    ANSWERED = "ANSWERED"
    CONGESTION = "CONGESTION"
    CANCEL = "CANCEL"

    @property
    def number(self) -> int:
        """What ``CDR(disposition,u)`` says of a record that is closed."""
        return _NUMBERS[self]


_NUMBERS = {
    Disposition.NO_ANSWER: 1,
    Disposition.FAILED: 2,
    Disposition.BUSY: 4,
    Disposition.ANSWERED: 8,
    Disposition.CONGESTION: 16,
    Disposition.CANCEL: 32,
}


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One record; instants are seconds since the epoch. The names are those of its columns."""

    clid: str  #: ``"Alice" <100>``
    src: str
    dst: str
    dcontext: str
    channel: str
    dstchannel: str
    lastapp: str
    lastdata: str
    start: float
    answer: float | None
    end: float | None  #: None: it goes on
    disposition: Disposition
    amaflags: str
    accountcode: str
    peeraccount: str
    tenantid: str
    uniqueid: str
    linkedid: str
    userfield: str
    sequence: int
    variables: Mapping[str, str] = field(default_factory=dict)  #: what the dialplan added

    def duration(self, now: float) -> float:
        """Seconds from its start to its end, or until now."""
        return max(0.0, (now if self.end is None else self.end) - self.start)

    def talked(self, now: float) -> float:
        """Seconds from the answer to its end, or until now."""
        if self.answer is None:
            return 0.0
        return max(0.0, (now if self.end is None else self.end) - self.answer)


def billed_seconds(seconds: float, *, initiated: bool) -> int:
    """Whole seconds to bill: those that are over, or those that have begun."""
    return math.ceil(seconds) if initiated else int(seconds)
