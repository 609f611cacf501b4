"""Time zones of a calendar: those known by name, and those that it describes itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from switchroom.calendars.content import Component
from switchroom.calendars.recurrence import Rule, Work, occurrences, parse_local, parse_rule

#: Says when a local time is, in seconds since the epoch.
Zone = Callable[[datetime], float]

_EPOCH = datetime.fromtimestamp(0, UTC).replace(tzinfo=None)
_LONGEST = 64  #: letters of a zone's name


def utc(moment: datetime) -> float:
    """When a time in UTC is."""
    return (moment - _EPOCH).total_seconds()


def machine_zone(moment: datetime) -> float:
    """When a time is where this machine stands."""
    return moment.timestamp()


def named_zone(name: str) -> Zone | None:
    """A zone by its name, also where a program's own name stands before it; None for no zone.

    ``Europe/Berlin``, ``/freeassociation.sourceforge.net/Tzfile/Europe/Berlin``.
    """
    words = name.strip().strip("/").split("/")[-3:]
    for length in range(len(words), 0, -1):
        known = "/".join(words[-length:])
        if len(known) > _LONGEST:
            continue
        with suppress(ValueError, OSError, KeyError):
            zone = ZoneInfo(known)
            # A time that a clock skips is read by the offset before it (RFC 5545 §3.3.5), as fold
            # 0 has it.
            return lambda moment: moment.replace(tzinfo=zone).timestamp()
    return None


@dataclass(frozen=True, slots=True)
class _Observance:
    """One ``STANDARD`` or ``DAYLIGHT``: from when on clocks go by which offset."""

    start: datetime
    offset: timedelta
    rule: Rule | None


class DescribedZone:
    """A zone that a calendar describes (RFC 5545 §3.6.5).

    Args:
        component: The ``VTIMEZONE``.
        first: The first day that matters.
        last: The last one.
        work: Takes what is looked at.

    Raises:
        ValueError: It describes nothing.
    """

    def __init__(self, component: Component, first: date, last: date, work: Work) -> None:
        changes: list[tuple[datetime, timedelta]] = []
        for each in component.components:
            if each.name in {"STANDARD", "DAYLIGHT"}:
                changes += _changes(each, first, last, work)
        if not changes:
            raise ValueError("a time zone without offsets")
        changes.sort()
        self._starts = [start for start, _ in changes]
        self._offsets = [offset for _, offset in changes]

    def __call__(self, moment: datetime) -> float:
        """When a local time is."""
        place = max(0, bisect_right(self._starts, moment) - 1)
        return utc(moment - self._offsets[place])


def _changes(
    component: Component, first: date, last: date, work: Work
) -> list[tuple[datetime, timedelta]]:
    """When an offset begins to count, as far as it matters; its very first time included."""
    start = parse_local(component.value("DTSTART"))
    offset = _parse_offset(component.value("TZOFFSETTO"))
    starts = {start}
    for each in component.all("RDATE"):
        starts |= {parse_local(word) for word in each.value.split(",")}
    if component.value("RRULE"):
        rule = parse_rule(component.value("RRULE"))
        # What counts on the first day began up to a year before.
        starts |= set(occurrences(rule, start, first - timedelta(days=366), last, work))
    return [(each, offset) for each in starts]


def _parse_offset(text: str) -> timedelta:
    """Read ``+0100`` or ``-0330``."""
    digits = text[1:]
    if text[:1] not in {"+", "-"} or len(digits) not in {4, 6} or not digits.isdigit():
        raise ValueError(f"{text[:20]!r} is no offset")
    found = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]), seconds=int(digits[4:] or 0))
    return -found if text[0] == "-" else found


class Zones:
    """The zones of one calendar.

    Args:
        calendar: The ``VCALENDAR``.
        first: The first day that matters.
        last: The last one.
        work: Takes what is looked at.
    """

    def __init__(self, calendar: Component, first: date, last: date, work: Work) -> None:
        self._described: dict[str, Zone] = {}
        for each in calendar.children("VTIMEZONE"):
            name = each.value("TZID")
            known = named_zone(name) or named_zone(each.value("X-LIC-LOCATION"))
            if known is not None:
                self._described[name] = known
                continue
            with suppress(ValueError):
                self._described[name] = DescribedZone(each, first, last, work)
        #: Of times that belong to no zone.
        self.floating: Zone = named_zone(calendar.value("X-WR-TIMEZONE")) or machine_zone

    def find(self, name: str) -> Zone:
        """The zone of a ``TZID``; that of times without one where nobody knows it."""
        found = self._described.get(name) or named_zone(name)
        if found is None:
            found = self.floating
            self._described[name] = found  # looked for once
        return found
