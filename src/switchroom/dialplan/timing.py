"""When something holds: ``9:00-17:00,mon-fri,*,*``, in includes, GotoIfTime and IFTIME.

Four or five fields behind one another, ``,`` or ``|`` between them: times of the day, days of the
week, days of the month, months, and a time zone. In a field ``*`` is everything, ``-`` a range that
may lead over midnight or the turn of the year, ``&`` joins several.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
MINUTES_A_DAY = 24 * 60
FIELDS = 4

wall_clock = time.time  # noqa: TID251  # office hours are hours of the wall clock

_SEPARATOR = re.compile(r"[,|]")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_NUMBER = re.compile(r"[0-9]{1,2}")

_Reading = Callable[[str], int]


class TimingError(ValueError):
    """A field that says no time.

    Args:
        message: Why.
        fragment: The words that are wrong.
    """

    def __init__(self, message: str, fragment: str) -> None:
        super().__init__(message)
        self.fragment = fragment


@dataclass(frozen=True, slots=True)
class Timing:
    """A part of the time that is asked "is it now?"; a field that is None lets all through."""

    minutes: frozenset[int] | None = None  #: of the day
    weekdays: frozenset[int] | None = None  #: 0 is Monday
    days: frozenset[int] | None = None  #: of the month, from 1
    months: frozenset[int] | None = None  #: from 1
    zone: ZoneInfo | None = None  #: None: the machine's own

    def holds(self, now: float) -> bool:
        """Whether it is so at ``now``, in seconds of the epoch."""
        moment = datetime.fromtimestamp(now, UTC).astimezone(self.zone)
        return (
            (self.months is None or moment.month in self.months)
            and (self.days is None or moment.day in self.days)
            and (self.weekdays is None or moment.weekday() in self.weekdays)
            and (self.minutes is None or moment.hour * 60 + moment.minute in self.minutes)
        )


def parse_timing(text: str) -> Timing:
    """Read ``times,weekdays,mdays,months[,timezone]``; fields left out at the end hold always.

    Raises:
        TimingError: A field cannot be read.
    """
    fields = [field.strip() for field in _SEPARATOR.split(text)]
    times, weekdays, days, months = (fields[:FIELDS] + ["*"] * FIELDS)[:FIELDS]
    zone = fields[FIELDS] if len(fields) > FIELDS else ""
    if len(fields) > FIELDS + 1:
        raise TimingError("nothing follows the time zone", fields[FIELDS + 1])
    return Timing(
        _field(times, _minute, MINUTES_A_DAY),
        _field(weekdays, _weekday, 7),
        _field(days, lambda word: _number(word, 31, "day of the month"), 31, first=1),
        _field(months, _month, 12, first=1),
        _zone(zone) if zone and zone != "*" else None,
    )


def _field(text: str, read: _Reading, size: int, *, first: int = 0) -> frozenset[int] | None:
    """One field: ranges joined by ``&``. The end of a range belongs to it, of times too."""
    if text in {"", "*"}:
        return None
    found: set[int] = set()
    for part in text.split("&"):
        begin, dash, end = (word.strip().lower() for word in part.partition("-"))
        position = read(begin)
        last = read(end) if dash else position
        found.add(position)
        while position != last:
            position = first + (position - first + 1) % size
            found.add(position)
    return frozenset(found)


def _minute(word: str) -> int:
    if word == "24:00":
        return MINUTES_A_DAY - 1  # the end of a day, as people write it
    match = _CLOCK.fullmatch(word)
    if match is None:
        raise TimingError(f"{word!r} is no time of the day; write 9:00-17:30", word)
    return int(match[1]) * 60 + int(match[2])


def _weekday(word: str) -> int:
    if _NUMBER.fullmatch(word):
        return (_number(word, 7, "day of the week") - 2) % 7  # Asterisk: 1 is Sunday
    return _name(word, WEEKDAYS, "day of the week")


def _month(word: str) -> int:
    if _NUMBER.fullmatch(word):
        return _number(word, 12, "month")
    return _name(word, MONTHS, "month") + 1


def _name(word: str, names: Sequence[str], what: str) -> int:
    for number, name in enumerate(names):
        if word in {name, name[:3]}:
            return number
    raise TimingError(f"{word!r} is no {what}; write {names[0][:3]}-{names[-1][:3]}", word)


def _number(word: str, most: int, what: str) -> int:
    if _NUMBER.fullmatch(word) is None or not 1 <= int(word) <= most:
        raise TimingError(f"{word!r} is no {what}; write 1-{most}", word)
    return int(word)


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise TimingError(f"there is no time zone {name!r}", name) from error
