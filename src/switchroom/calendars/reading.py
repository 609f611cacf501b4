"""What is in a calendar at some time: iCalendar (RFC 5545) as events, series worked out."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from switchroom.base.text import leading_int
from switchroom.calendars.content import Component, Property, parse_calendars, plain
from switchroom.calendars.event import BusyState, Event, is_within
from switchroom.calendars.recurrence import (
    Work,
    occurrences,
    parse_date,
    parse_local,
    parse_rule,
)
from switchroom.calendars.sifting import sifted
from switchroom.calendars.zones import Zone, Zones, utc

logger = logging.getLogger(__name__)

MAX_EVENTS = 1000  #: of one calendar at a time
MAX_ALARMS = 5  #: of one event
MAX_RULES = 4  #: of one series

#: A day more on either side: whichever zone a time is in.
_MARGIN = timedelta(days=2)
_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?"
)


def read_events(texts: Iterable[str], since: float, until: float) -> list[Event]:
    """The events of calendars that lie within a time, by their beginning.

    An event that cannot be understood is left out, and none of the others with it.

    Args:
        texts: Each holds one ``VCALENDAR`` or more.
        since: The beginning of the time.
        until: Its end.

    Raises:
        CalendarError: A text is no calendar, or asks for more work than a calendar may.
    """
    work = Work()
    first, last = _day(since) - _MARGIN, _day(until) + _MARGIN
    events: list[Event] = []
    for text in texts:
        for calendar in parse_calendars(sifted(text, first, last)):
            events += _Reader(calendar, since, until, work).events()
    events.sort(key=lambda event: (event.start, event.end, event.uid))
    if len(events) > MAX_EVENTS:
        logger.warning("a calendar has %d events at a time; %d are used", len(events), MAX_EVENTS)
    return events[:MAX_EVENTS]


def _day(moment: float) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


@dataclass(frozen=True, slots=True)
class _Time:
    """A time as it is written: on a clock in some zone, or a whole day."""

    local: datetime
    zone: Zone
    is_day: bool = False

    @property
    def moment(self) -> float:
        return self.zone(self.local)

    def at(self, local: datetime) -> float:
        """Another time in the same zone."""
        return self.zone(local)


@dataclass(frozen=True, slots=True)
class _Length:
    """How long an event is: days on the calendar, and then seconds."""

    days: timedelta = timedelta()
    seconds: float = 0.0


class _Reader:
    """One calendar."""

    def __init__(self, calendar: Component, since: float, until: float, work: Work) -> None:
        self._since, self._until, self._work = since, until, work
        self._first, self._last = _day(since) - _MARGIN, _day(until) + _MARGIN
        self._zones = Zones(calendar, self._first, self._last, work)
        self._masters: dict[str, Component] = {}
        self._changed: dict[str, dict[str, Component]] = {}  #: by uid and what they replace
        for number, each in enumerate(calendar.children("VEVENT")):
            uid, replaced = each.value("UID") or f"#{number}", each.value("RECURRENCE-ID")
            same = self._changed.setdefault(uid, {}) if replaced else self._masters
            key = replaced or uid
            if key not in same or _version(each) >= _version(same[key]):
                same[key] = each

    def events(self) -> Iterator[Event]:
        """What lies within the time."""
        failed = 0
        single = [each for same in self._changed.values() for each in same.values()]
        for component in (*self._masters.values(), *single):
            try:
                yield from self._events(component)
            except (ValueError, OverflowError, OSError) as error:
                failed += 1
                logger.debug("event %.100r: %s", component.value("UID"), error)
        if failed:
            logger.info("%d events of a calendar could not be understood", failed)

    def _events(self, component: Component) -> Iterator[Event]:
        if component.value("STATUS").upper() == "CANCELLED":
            return
        start = self._time(component.find("DTSTART"))
        length = self._length(component, start)
        spans = [
            (start.at(local), start.at(local + length.days) + length.seconds)
            for local in self._starts(component, start, length)
        ]
        spans = [span for span in spans if is_within(*span, self._since, self._until)]
        if spans:
            details = _Details.of(component)
            yield from (details.event(*span) for span in spans)

    def _starts(self, component: Component, start: _Time, length: _Length) -> list[datetime]:
        """When it begins, near the time, in its zone."""
        if component.find("RECURRENCE-ID") is not None:
            return [start.local]
        found = {start.local}
        first = self._first - length.days - timedelta(seconds=length.seconds)
        for each in component.all("RRULE")[:MAX_RULES]:
            rule = parse_rule(each.value)
            for local in occurrences(rule, start.local, first, self._last, self._work):
                if rule.until_is_utc and rule.until and start.at(local) > utc(rule.until):
                    break
                found.add(local)
        found |= {each.local for each in self._times(component, "RDATE")}
        left_out = [*self._times(component, "EXDATE"), *self._replaced(component)]
        if left_out:
            days = {each.local.date() for each in left_out if each.is_day}
            moments = {each.moment for each in left_out if not each.is_day}
            found = {
                local
                for local in found
                if local.date() not in days and start.at(local) not in moments
            }
        return sorted(found)

    def _replaced(self, component: Component) -> list[_Time]:
        changed = self._changed.get(component.value("UID"), {})
        return [self._time(each.find("RECURRENCE-ID")) for each in changed.values()]

    def _times(self, component: Component, name: str) -> list[_Time]:
        """What stands in all lines of ``RDATE`` or ``EXDATE``."""
        found: list[_Time] = []
        for each in component.all(name):
            for word in each.value.split(","):
                self._work.take()
                found.append(self._time(each, word.partition("/")[0]))
        return found

    def _time(self, given: Property | None, word: str = "") -> _Time:
        if given is None:
            raise ValueError("a time is missing")
        text = (word or given.value).strip().upper()
        if "T" not in text:
            return _Time(
                datetime.combine(parse_date(text), time()), self._zones.floating, is_day=True
            )
        if text.endswith("Z"):
            return _Time(parse_local(text[:-1]), utc)
        name = given.parameters.get("TZID", "")
        zone = self._zones.find(name) if name else self._zones.floating
        return _Time(parse_local(text), zone)

    def _length(self, component: Component, start: _Time) -> _Length:
        if component.find("DTEND") is not None:
            end = self._time(component.find("DTEND"))
            if start.is_day and end.is_day:
                return _Length(days=max(timedelta(days=1), end.local - start.local))
            # A series keeps it to the second, also where a clock is changed (RFC 5545 §3.8.5.3).
            return _Length(seconds=max(0.0, end.moment - start.moment))
        if component.value("DURATION"):
            days, seconds = parse_duration(component.value("DURATION"))
            return _Length(max(timedelta(), days), max(0.0, seconds))
        return _Length(days=timedelta(days=int(start.is_day)))


def _version(component: Component) -> int:
    return leading_int(component.value("SEQUENCE")) or 0


def parse_duration(text: str) -> tuple[timedelta, float]:
    """Read ``P1DT12H`` as days on the calendar, and seconds.

    Raises:
        ValueError: It is none.
    """
    match = _DURATION.fullmatch(text.strip().upper())
    if match is None:
        raise ValueError(f"{text[:20]!r} is no duration")
    weeks, days, hours, minutes, seconds = (int(each or 0) for each in match.groups()[1:])
    sign = -1 if match["sign"] == "-" else 1
    whole = timedelta(days=sign * (weeks * 7 + days))
    return whole, float(sign * (hours * 3600 + minutes * 60 + seconds))


@dataclass(frozen=True, slots=True)
class _Details:
    """What all times of a series share."""

    busy: BusyState
    priority: int
    texts: Mapping[str, str]
    #: Of its alarms: seconds from the beginning (or the end), or the moment itself.
    alarms: tuple[tuple[str, float], ...]

    @classmethod
    def of(cls, component: Component) -> _Details:
        texts = {
            name: component.text(name.upper())
            for name in ("uid", "summary", "description", "organizer", "location")
        }
        texts["categories"] = ",".join(plain(each.value) for each in component.all("CATEGORIES"))
        priority = min(9, max(0, leading_int(component.value("PRIORITY")) or 0))
        alarms = [_alarm(each) for each in component.children("VALARM")[:MAX_ALARMS]]
        return cls(_busy(component), priority, texts, tuple(filter(None, alarms)))

    def event(self, start: float, end: float) -> Event:
        base = {"start": start, "end": end, "at": 0.0}
        alarms = tuple(sorted({base[kind] + seconds for kind, seconds in self.alarms}))
        return Event(
            start=start,
            end=end,
            busy=self.busy,
            priority=self.priority,
            alarms=alarms,
            **self.texts,
        )


def _busy(component: Component) -> BusyState:
    if component.value("TRANSP").upper() == "TRANSPARENT":
        return BusyState.FREE
    if component.value("STATUS").upper() == "TENTATIVE":
        return BusyState.TENTATIVE
    match component.value("X-MICROSOFT-CDO-BUSYSTATUS").upper():
        case "FREE" | "WORKINGELSEWHERE":
            return BusyState.FREE
        case "TENTATIVE":
            return BusyState.TENTATIVE
        case _:
            return BusyState.BUSY


def _alarm(component: Component) -> tuple[str, float] | None:
    trigger = component.find("TRIGGER")
    if trigger is None:
        return None
    with suppress(ValueError):
        if trigger.parameters.get("VALUE", "").upper() == "DATE-TIME":
            return "at", utc(parse_local(trigger.value.strip().upper().rstrip("Z")))
        days, seconds = parse_duration(trigger.value)
        is_of_end = trigger.parameters.get("RELATED", "").upper() == "END"
        return "end" if is_of_end else "start", days.total_seconds() + seconds
    return None
