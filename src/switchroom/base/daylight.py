"""When a time zone puts its clocks forward and back, as phones are told it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class ClockChange:
    """When it happens, by the clock that counts until then."""

    month: int
    day: int
    hour: int


@dataclass(frozen=True, slots=True)
class Daylight:
    """One year of a zone."""

    offset: int  #: seconds ahead of UTC, in winter
    forward: ClockChange | None = None  #: None: there is no summer time
    back: ClockChange | None = None


@lru_cache(maxsize=256)
def daylight_of(zone: ZoneInfo, year: int) -> Daylight:
    """Look through a year, day by day, and by the hour where something changes."""
    winter = min(_offset(datetime(year, month, 1, tzinfo=UTC), zone) for month in (1, 7))
    at = datetime(year, 1, 1, tzinfo=UTC)
    forward = back = None
    while at.year == year:
        later = at + timedelta(days=1)
        before, after = _offset(at, zone), _offset(later, zone)
        if before < after:
            forward = _change_within(at, zone)
        elif before > after:
            back = _change_within(at, zone)
        at = later
    if forward is None or back is None:
        return Daylight(winter)
    return Daylight(winter, forward, back)


def _offset(at: datetime, zone: ZoneInfo) -> int:
    # Not what the zone calls summer time: in Ireland that is in winter.
    return round((at.astimezone(zone).utcoffset() or timedelta()).total_seconds())


def _change_within(day: datetime, zone: ZoneInfo) -> ClockChange:
    before, at = _offset(day, zone), day
    while _offset(at + timedelta(hours=1), zone) == before:
        at += timedelta(hours=1)
    # An hour before the change; it happens an hour later by the clock that counts until then.
    local = at.astimezone(zone).replace(tzinfo=None) + timedelta(hours=1)
    return ClockChange(local.month, local.day, local.hour)
