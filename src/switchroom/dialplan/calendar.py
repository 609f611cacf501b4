"""Dates in words and back: C's strftime and strptime, in any time zone."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from switchroom.dialplan.timing import MONTHS, WEEKDAYS

MAX_FIELD = 99  #: columns that one conversion may ask for

_CONVERSION = re.compile(r"%(?P<flags>[-_0^#]*)(?P<width>[0-9]*)[EO]?(?P<kind>.)", re.DOTALL)
_SHORTHANDS: Mapping[str, str] = MappingProxyType(
    {
        "D": "%m/%d/%y", "F": "%Y-%m-%d", "R": "%H:%M", "T": "%H:%M:%S", "r": "%I:%M:%S %p",
        "c": "%a %b %e %H:%M:%S %Y", "x": "%m/%d/%y", "X": "%H:%M:%S",
    }
)  # fmt: skip


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo | None:
    """A time zone; None for the machine's own, which no name stands for.

    A name that nobody knows is UTC, as in C.
    """
    if not name:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def format_time(moment: float, zone: ZoneInfo | None, text: str) -> str:
    """A time as strftime writes it; ``%3q`` are three digits of the second's fraction.

    Args:
        moment: Seconds since the epoch.
        zone: None: the machine's own.
        text: The format.

    Raises:
        ValueError: The moment is beyond what calendars reach, or a field is too wide.
    """
    local = _broken_down(moment, zone)
    microseconds = int(moment % 1 * 1_000_000)

    def written(match: re.Match[str]) -> str:
        if int(match["width"][:9] or 0) > MAX_FIELD:
            raise ValueError(f"a field wider than {MAX_FIELD}")
        if match["kind"] == "q":
            return f"{microseconds:06d}"[: int(match["width"] or 3)]
        return time.strftime(match[0], local)

    return _CONVERSION.sub(written, text)


def _broken_down(moment: float, zone: ZoneInfo | None) -> time.struct_time:
    try:
        seconds = math.floor(moment)
        if zone is None:
            return time.localtime(seconds)
        local = datetime.fromtimestamp(seconds, zone)
    except (OverflowError, OSError) as error:
        raise ValueError(str(error)) from error
    fields = local.timetuple()
    offset = int((local.utcoffset() or timedelta()).total_seconds())
    # Asterisk: the offset is the zone's, its name and what %s makes of it the machine's (22).
    return time.struct_time((*fields[:8], int(bool(local.dst())), None, offset))


@dataclass(slots=True)
class _Read:
    """What a text said; what it did not say is zero, as in C, but for the year 1900."""

    year: int = 0  #: from 1900
    month: int = 0  #: from 0
    day: int = 0
    hour: int = 0
    minute: int = 0
    second: int = 0
    is_afternoon: bool | None = None
    century: int | None = None
    day_of_year: int | None = None


def _set(name: str, first: int = 0) -> Callable[[_Read, int], None]:
    return lambda read, number: setattr(read, name, number - first)


def _short_year(read: _Read, number: int) -> None:
    read.year = number if number >= 69 else number + 100


#: What a number of so many digits at most, within bounds, is.
_NUMBERS: Mapping[str, tuple[int, int, int, Callable[[_Read, int], None]]] = MappingProxyType(
    {
        "Y": (4, 0, 9999, _set("year", 1900)), "y": (2, 0, 99, _short_year),
        "C": (2, 0, 99, _set("century")), "m": (2, 1, 12, _set("month", 1)),
        "d": (2, 1, 31, _set("day")), "e": (2, 1, 31, _set("day")),
        "H": (2, 0, 23, _set("hour")), "k": (2, 0, 23, _set("hour")),
        "I": (2, 1, 12, _set("hour")), "l": (2, 1, 12, _set("hour")),
        "M": (2, 0, 59, _set("minute")), "S": (2, 0, 61, _set("second")),
        "j": (3, 1, 366, _set("day_of_year", 1)), "u": (1, 1, 7, lambda *_: None),
        "w": (1, 0, 6, lambda *_: None), "U": (2, 0, 53, lambda *_: None),
        "W": (2, 0, 53, lambda *_: None), "V": (2, 0, 53, lambda *_: None),
        "g": (2, 0, 99, lambda *_: None), "G": (4, 0, 9999, lambda *_: None),
    }
)  # fmt: skip


def parse_time(text: str, zone: ZoneInfo | None, form: str) -> int | None:
    """Seconds since the epoch, from a time as strptime reads it; None where it cannot.

    Args:
        text: The time; what follows it is passed over.
        zone: None: the machine's own.
        form: The format.
    """
    read = _Read()
    if _scan(text, 0, form, read) is None:
        return None
    if read.is_afternoon is not None:
        read.hour = read.hour % 12 + 12 * read.is_afternoon
    if read.century is not None:
        read.year = read.century * 100 - 1900 + read.year % 100
    if read.day_of_year is not None and not read.day:
        read.month, read.day = 0, read.day_of_year + 1
    year, month = 1900 + read.year, read.month + 1
    try:
        days = timedelta(read.day - 1, read.hour * 3600 + read.minute * 60 + read.second)
        local = datetime(year, month, 1) + days  # noqa: DTZ001  # its zone comes next
        aware = local.astimezone() if zone is None else local.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        return None
    return int((aware - datetime.fromtimestamp(0, UTC)) / timedelta(seconds=1))


def _scan(text: str, position: int, form: str, read: _Read) -> int | None:
    """Read ``text`` from ``position`` on; returns where it ends."""
    index = 0
    while index < len(form):
        letter = form[index]
        found: int | None = position
        if letter.isspace():
            found = _past_spaces(text, position)
            index += 1
        elif letter == "%" and (match := _CONVERSION.match(form, index)) is not None:
            found = _convert(text, position, match["kind"], read)
            index = match.end()
        else:
            found = position + 1 if text[position : position + 1] == letter else None
            index += 1
        if found is None:
            return None
        position = found
    return position


def _past_spaces(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _convert(text: str, position: int, kind: str, read: _Read) -> int | None:
    if kind in _SHORTHANDS:
        return _scan(text, position, _SHORTHANDS[kind], read)
    if kind in "nt":
        return _past_spaces(text, position)
    if kind == "%":
        return position + 1 if text[position : position + 1] == "%" else None
    if kind in "Zz":
        match = re.compile(r"\s*(?:[-+][0-9:]+|[A-Za-z]*)").match(text, position)
        return match.end() if match is not None else None
    position = _past_spaces(text, position)
    if kind in _NUMBERS:
        return _number(text, position, kind, read)
    return _word(text, position, kind, read)


def _number(text: str, position: int, kind: str, read: _Read) -> int | None:
    digits, least, most, put = _NUMBERS[kind]
    match = re.compile(rf"[0-9]{{1,{digits}}}").match(text, position)
    if match is None or not least <= int(match[0]) <= most:
        return None
    put(read, int(match[0]))
    return match.end()


def _word(text: str, position: int, kind: str, read: _Read) -> int | None:
    rest = text[position : position + 10].lower()
    if kind in "pP":
        if rest[:2] not in {"am", "pm"}:
            return None
        read.is_afternoon = rest[:2] == "pm"
        return position + 2
    names = {"a": WEEKDAYS, "A": WEEKDAYS, "b": MONTHS, "B": MONTHS, "h": MONTHS}.get(kind, ())
    for number, name in enumerate(names):
        for word in (name, name[:3]):
            if rest.startswith(word):
                if names is MONTHS:
                    read.month = number
                return position + len(word)
    return None
