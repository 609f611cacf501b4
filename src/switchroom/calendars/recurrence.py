"""Recurrence rules (RFC 5545 §3.3.10): which days and times a series has, near a given day.

Work is bounded by the days looked at and not by the rule, which a stranger may have written: a rule
without COUNT is looked at near those days alone, one with COUNT from its beginning.
"""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import IntEnum

from switchroom.calendars.event import CalendarError

MAX_WORK = 500_000  #: days and times looked at for one calendar; a second or two

MAX_RULE = 1000  #: letters
MAX_INTERVAL = 100_000

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_DAY = timedelta(days=1)


class Frequency(IntEnum):
    """How often, from seldom to often."""

    YEARLY = 0
    MONTHLY = 1
    WEEKLY = 2
    DAILY = 3
    HOURLY = 4
    MINUTELY = 5


class Work:
    """Counts what was looked at, over all series of a calendar."""

    def __init__(self, most: int = MAX_WORK) -> None:
        self._left = most

    def take(self, count: int = 1) -> None:
        """Do some of it.

        Raises:
            CalendarError: It is more than one calendar may ask for.
        """
        self._left -= count
        if self._left < 0:
            raise CalendarError("its series take too long to work out")


@dataclass(frozen=True, slots=True)
class Rule:
    """One RRULE."""

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: datetime | None = None  #: the last, itself included; without a zone
    until_is_utc: bool = False  #: else it is in the series' own zone
    months: tuple[int, ...] = ()
    week_numbers: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    days: tuple[tuple[int, int], ...] = ()  #: which of them (0: all) and weekday (0: Monday)
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0


def parse_rule(text: str) -> Rule:
    """Read ``FREQ=WEEKLY;BYDAY=MO,WE``.

    Raises:
        ValueError: It is none, or one that is not understood.
    """
    if len(text) > MAX_RULE:
        raise ValueError(f"a rule of more than {MAX_RULE} letters")
    parts: dict[str, str] = {}
    for part in text.strip().upper().split(";"):
        name, _, value = part.partition("=")
        parts[name.strip()] = value.strip()
    until, is_utc = _parse_until(parts.get("UNTIL", ""))
    try:
        rule = Rule(
            Frequency[parts.get("FREQ", "")],
            interval=min(max(1, int(parts.get("INTERVAL", "1"))), MAX_INTERVAL),
            count=max(1, int(parts["COUNT"])) if "COUNT" in parts else None,
            until=until,
            until_is_utc=is_utc,
            months=_numbers(parts, "BYMONTH", 1, 12),
            week_numbers=_numbers(parts, "BYWEEKNO", -53, 53),
            year_days=_numbers(parts, "BYYEARDAY", -366, 366),
            month_days=_numbers(parts, "BYMONTHDAY", -31, 31),
            days=tuple(_parse_day(word) for word in _words(parts, "BYDAY")),
            hours=_numbers(parts, "BYHOUR", 0, 23),
            minutes=_numbers(parts, "BYMINUTE", 0, 59),
            seconds=_numbers(parts, "BYSECOND", 0, 59),
            positions=_numbers(parts, "BYSETPOS", -366, 366),
            week_start=WEEKDAYS.index(parts.get("WKST", "MO")),
        )
    except KeyError as error:
        raise ValueError(f"no frequency that is known: {text!r}") from error
    if rule.positions and rule.frequency > Frequency.DAILY:
        raise ValueError("BYSETPOS within a day is not understood")
    return rule


def _words(parts: dict[str, str], name: str) -> list[str]:
    return [word for word in parts.get(name, "").split(",") if word]


def _numbers(parts: dict[str, str], name: str, least: int, most: int) -> tuple[int, ...]:
    numbers = sorted({int(word) for word in _words(parts, name)})
    if numbers and not least <= numbers[0] <= numbers[-1] <= most:
        raise ValueError(f"{name} is out of range")
    return tuple(numbers)


def _parse_day(word: str) -> tuple[int, int]:
    return int(word[:-2] or 0), WEEKDAYS.index(word[-2:])


def _parse_until(text: str) -> tuple[datetime | None, bool]:
    if not text:
        return None, False
    if text[:4].isdigit() and text[:4] > "2200":  # some write 9999 for a series without an end
        return None, False
    if "T" not in text:
        return datetime.combine(parse_date(text), time.max), False
    return parse_local(text.rstrip("Z")), text.endswith("Z")


def parse_date(text: str) -> date:
    """Read ``20260131``; raises ValueError for what is none, or nobody's appointment."""
    if len(text) < 8 or not text[:8].isascii() or not text[:8].isdigit():
        raise ValueError(f"{text[:20]!r} is no date")
    found = date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    if not 1600 <= found.year <= 2200:
        raise ValueError(f"{found} is out of range")
    return found


def parse_local(text: str) -> datetime:
    """Read ``20260131T170000``; raises ValueError for what is none."""
    clock = text[9:15]
    if text[8:9] != "T" or len(clock) != 6 or not (clock.isascii() and clock.isdigit()):
        raise ValueError(f"{text[:20]!r} is no time")
    second = min(59, int(clock[4:6]))  # a leap second
    return datetime.combine(parse_date(text), time(int(clock[:2]), int(clock[2:4]), second))


def occurrences(
    rule: Rule, start: datetime, first: date, last: date, work: Work
) -> Iterator[datetime]:
    """The times of a series on some days, in order, in its own zone.

    The rule's UNTIL is followed unless it is in UTC, which only who knows the zone can.

    Args:
        rule: The rule.
        start: When it begins; the rule need not name it.
        first: The first day that matters.
        last: The last one.
        work: Takes what is looked at.
    """
    if rule.until is not None:
        last = min(last, rule.until.date() + _DAY)
    since = start.date() if rule.count is not None else max(first, start.date())
    left = rule.count
    for moment in _all(_completed(rule, start), start, since, last, work):
        if rule.until is not None and not rule.until_is_utc and moment > rule.until:
            return
        if left is not None:
            if left == 0:
                return
            left -= 1
        if moment.date() >= first:
            yield moment


def _completed(rule: Rule, start: datetime) -> Rule:
    """The rule with what it leaves to its beginning (RFC 5545 §3.3.10, "derived from DTSTART")."""
    names_days = rule.week_numbers or rule.year_days or rule.month_days or rule.days
    weekday = ((0, start.weekday()),)
    match rule.frequency:
        case Frequency.YEARLY if not names_days:
            return replace(rule, months=rule.months or (start.month,), month_days=(start.day,))
        case Frequency.YEARLY if rule.week_numbers and not rule.days:
            return replace(rule, days=weekday)
        case Frequency.MONTHLY if not names_days:
            return replace(rule, month_days=(start.day,))
        case Frequency.WEEKLY if not rule.days:
            return replace(rule, days=weekday)
    return rule


def _all(rule: Rule, start: datetime, since: date, last: date, work: Work) -> Iterator[datetime]:
    index = _period_of(rule, start.date(), since)
    step = rule.interval if rule.frequency <= Frequency.DAILY else 1
    index -= index % step
    for number in itertools.count(index, step):
        try:
            begin, end = _period(rule, start.date(), number)
        except (ValueError, OverflowError):  # beyond the year 9999
            return
        if begin > last:
            return
        if not rule.positions:
            begin, end = max(begin, since), min(end, last)
        work.take()
        found = [
            moment
            for day in _days(begin, end)
            if _fits(rule, day, work)
            for moment in _times(rule, start, day, work)
        ]
        if rule.positions:
            found = _at_positions(found, rule.positions)
        yield from (
            moment for moment in found if moment >= start and since <= moment.date() <= last
        )


def _days(begin: date, end: date) -> Iterator[date]:
    while begin <= end:
        yield begin
        begin += _DAY


def _period_of(rule: Rule, base: date, day: date) -> int:
    """Which year, month, week or day of a series a day lies in, from 0."""
    match rule.frequency:
        case Frequency.YEARLY:
            return day.year - base.year
        case Frequency.MONTHLY:
            return (day.year - base.year) * 12 + day.month - base.month
        case Frequency.WEEKLY:
            return (day - _week_of(base, rule.week_start)).days // 7
        case _:
            return (day - base).days


def _period(rule: Rule, base: date, number: int) -> tuple[date, date]:
    """The first and the last day of one of them."""
    match rule.frequency:
        case Frequency.YEARLY:
            return date(base.year + number, 1, 1), date(base.year + number, 12, 31)
        case Frequency.MONTHLY:
            years, month = divmod(base.month - 1 + number, 12)
            begin = date(base.year + years, month + 1, 1)
            return begin, begin.replace(day=calendar.monthrange(begin.year, begin.month)[1])
        case Frequency.WEEKLY:
            begin = _week_of(base, rule.week_start) + number * 7 * _DAY
            return begin, begin + 6 * _DAY
        case _:
            return base + number * _DAY, base + number * _DAY


def _week_of(day: date, week_start: int) -> date:
    return day - (day.weekday() - week_start) % 7 * _DAY


def _fits(rule: Rule, day: date, work: Work) -> bool:
    work.take()
    if rule.months and day.month not in rule.months:
        return False
    if rule.month_days:
        length = calendar.monthrange(day.year, day.month)[1]
        if not {day.day, day.day - length - 1} & set(rule.month_days):
            return False
    if rule.year_days:
        number = day.timetuple().tm_yday
        if not {number, number - _year_length(day.year) - 1} & set(rule.year_days):
            return False
    if rule.week_numbers and not _week_numbers(day, rule.week_start) & set(rule.week_numbers):
        return False
    return not rule.days or any(_is_day(rule, day, which, weekday) for which, weekday in rule.days)


def _is_day(rule: Rule, day: date, which: int, weekday: int) -> bool:
    """Whether a day is, say, the second Monday of its month or its year."""
    if day.weekday() != weekday:
        return False
    if not which or rule.frequency > Frequency.MONTHLY:
        return True
    if rule.frequency is Frequency.MONTHLY or rule.months:
        number, length = day.day, calendar.monthrange(day.year, day.month)[1]
    else:
        number, length = day.timetuple().tm_yday, _year_length(day.year)
    return which in {(number - 1) // 7 + 1, -((length - number) // 7 + 1)}


def _year_length(year: int) -> int:
    return 366 if calendar.isleap(year) else 365


def _week_numbers(day: date, week_start: int) -> set[int]:
    """The number of a day's week in its year, from the beginning and from the end."""
    week = _week_of(day, week_start)
    year = (week + 3 * _DAY).year  # most of the week's days lie in it
    first = _week_of(date(year, 1, 4), week_start)
    after = _week_of(date(year + 1, 1, 4), week_start)
    return {(week - first).days // 7 + 1, -((after - week).days // 7)}


def _times(rule: Rule, start: datetime, day: date, work: Work) -> Iterator[datetime]:
    for hour, minute in _clock(rule, start, day, work):
        for second in rule.seconds or (start.second,):
            work.take()
            yield datetime.combine(day, time(hour, minute, second))


def _clock(rule: Rule, start: datetime, day: date, work: Work) -> Iterator[tuple[int, int]]:
    """Hours and minutes of a day."""
    hours = rule.hours or ((start.hour,) if rule.frequency <= Frequency.DAILY else range(24))
    is_minutely = rule.frequency is Frequency.MINUTELY
    minutes = rule.minutes or (range(60) if is_minutely else (start.minute,))
    elapsed = (day - start.date()).days * 24
    for hour, minute in itertools.product(hours, minutes):
        work.take()
        since = elapsed + hour - start.hour
        if is_minutely:
            since = since * 60 + minute - start.minute
        if rule.frequency <= Frequency.DAILY or since % rule.interval == 0:
            yield hour, minute


def _at_positions(found: list[datetime], positions: tuple[int, ...]) -> list[datetime]:
    places = {(each - 1 if each > 0 else len(found) + each) for each in positions if each}
    return [moment for place, moment in enumerate(found) if place in places]
