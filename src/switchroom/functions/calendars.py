"""CALENDAR_…: who is busy, and with what.

Family: Calendars
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_float, leading_int
from switchroom.calendars.calendar import Calendar
from switchroom.calendars.calendars import Calendars
from switchroom.calendars.event import BusyState, CalendarError, Event
from switchroom.calendars.reminding import Appointment
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

MAX_QUERIES = 100  #: of one channel; the oldest is forgotten
FAR_AWAY = 2.0**31  #: in 2038, the end of time of many programs
MAX_MOMENT = 7e9  #: in the year 2191
HOUR = 3600.0

_FIELDS: Mapping[str, Callable[[Event], object]] = MappingProxyType(
    {
        "summary": lambda event: event.summary,
        "description": lambda event: event.description,
        "organizer": lambda event: event.organizer,
        "location": lambda event: event.location,
        "categories": lambda event: event.categories,
        "priority": lambda event: event.priority,
        "uid": lambda event: event.uid,
        "start": lambda event: int(event.start),
        "end": lambda event: int(event.end),
        "busystate": lambda event: int(event.busy),
    }
)


@dataclass(frozen=True, slots=True)
class Query:
    """What was found once."""

    calendar: str
    events: tuple[Event, ...]


class Queries(dict[str, Query]):
    """What CALENDAR_QUERY() found for a channel."""

    asked = 0


def _find(channel: Channel, name: str, what: str) -> Calendar:
    found = channel.pbx.datastore(Calendars).get(name.strip())
    if found is None:
        raise DialplanError(f"{what}: there is no calendar {name!r}")
    return found


def _field(event: Event, calendar: str, name: str, what: str) -> str:
    word = name.strip().lower()
    if word == "calendar":
        return calendar
    if word not in _FIELDS:
        raise DialplanError(f"{what}: an event has no {name!r}")
    return str(_FIELDS[word](event))


@function("CALENDAR_BUSY")
def calendar_busy(channel: Channel, calendar: str) -> str:
    """1 where a calendar has an appointment now that takes time, 0 where not.

    Args:
        channel: The channel.
        calendar: Its name in ``calendar.conf``.

    Examples:
        ExecIf($[0${CALENDAR_BUSY(anna)}]?VoiceMail(100,u))
    """
    return str(int(_find(channel, calendar, "CALENDAR_BUSY").is_busy))


@function("CALENDAR_EVENT")
def calendar_event(channel: Channel, field: str) -> str:
    """What the appointment is that this call reminds of.

    Args:
        channel: The channel.
        field: ``summary``, ``description``, ``organizer``, ``location``, ``categories``,
            ``priority``, ``calendar``, ``uid``, ``start``, ``end`` (seconds since 1970) or
            ``busystate`` (0: free, 1: tentative, 2: busy).

    Examples:
        SayUnixTime(${CALENDAR_EVENT(start)},,R)
    """
    appointment = channel.datastore(Appointment)
    if appointment.event is None:
        raise DialplanError("CALENDAR_EVENT: this call reminds of nothing")
    return _field(appointment.event, appointment.calendar, field, "CALENDAR_EVENT")


@function("CALENDAR_QUERY")
def calendar_query(channel: Channel, calendar: str, start: str = "", end: str = "") -> str:
    """Look what is in a calendar, and read what CALENDAR_QUERY_RESULT() calls the answer.

    Events are known as far ahead as the calendar's ``timeframe`` says.

    Args:
        channel: The channel.
        calendar: Its name in ``calendar.conf``.
        start: Where to begin, in seconds since 1970; now.
        end: Where to end.

    Examples:
        Set(id=${CALENDAR_QUERY(anna,${EPOCH},$[${EPOCH} + 3600])})
        Set(count=${CALENDAR_QUERY_RESULT(${id},getnum)})
    """
    found = _find(channel, calendar, "CALENDAR_QUERY")
    since = _moment(start, channel.pbx.now())
    events = found.between(since, _moment(end, FAR_AWAY))
    queries = channel.datastore(Queries)
    if len(queries) >= MAX_QUERIES:
        del queries[next(iter(queries))]
    queries.asked += 1
    queries[str(queries.asked)] = Query(found.settings.name, tuple(events))
    return str(queries.asked)


def _moment(text: str, default: float) -> float:
    if not text.strip():
        return default
    found = leading_float(text)
    if found is None or found < 0:
        raise DialplanError(f"CALENDAR: {text!r} is no time")
    return found


@function("CALENDAR_QUERY_RESULT")
def calendar_query_result(channel: Channel, id: str, field: str, entry: str = "1") -> str:  # noqa: A002  # the argument's own name
    """What CALENDAR_QUERY() found: how many events, or one of them.

    Args:
        channel: The channel.
        id: What CALENDAR_QUERY() read.
        field: ``getnum``: how many there are; of one ``summary``, ``description``, ``organizer``,
            ``location``, ``categories``, ``priority``, ``calendar``, ``uid``, ``start``, ``end``
            (seconds since 1970) or ``busystate`` (0: free, 1: tentative, 2: busy).
        entry: Which one, from 1, by their beginning.

    Examples:
        Set(id=${CALENDAR_QUERY(anna)})
        Set(next=${CALENDAR_QUERY_RESULT(${id},summary)})
    """
    query = channel.datastore(Queries).get(id.strip())
    if query is None:
        raise DialplanError(f"CALENDAR_QUERY_RESULT: CALENDAR_QUERY() has no answer {id!r}")
    if field.strip().lower() == "getnum":
        return str(len(query.events))
    place = leading_int(entry) or 0
    if not 1 <= place <= len(query.events):
        raise DialplanError(
            f"CALENDAR_QUERY_RESULT: there are {len(query.events)} events, not {entry!r}"
        )
    return _field(query.events[place - 1], query.calendar, field, "CALENDAR_QUERY_RESULT")


@function("CALENDAR_WRITE", write=True)
async def calendar_write(channel: Channel, value: str, calendar: str, fields: Rest) -> None:
    """Put an event into a calendar; one of the type ``ical`` cannot be written.

    Args:
        channel: The channel.
        value: A value for each field, with commas between them; one that has commas is quoted.
        calendar: Its name in ``calendar.conf``.
        fields: Names with commas between them: ``start`` (must be there) and ``end`` (an hour later
            unless given) in seconds since 1970, ``summary``, ``description``, ``organizer``,
            ``location``, ``categories``, ``priority``, ``busystate`` (0: free, 1: tentative,
            2: busy, as unless given), ``uid`` (of an event to write anew; made up unless given).

    Variables:
        CALENDAR_SUCCESS: 1 when it is written, 0 when it is not.

    Examples:
        Set(CALENDAR_WRITE(anna,summary,start,end)="Call back, please",${EPOCH},$[${EPOCH} + 900])
    """
    channel.set_variable("CALENDAR_SUCCESS", "0")
    found = _find(channel, calendar, "CALENDAR_WRITE")
    try:
        await found.write(_event(separate(fields), separate(value)))
    except CalendarError as error:
        raise DialplanError(f"CALENDAR_WRITE: {calendar}: {error}") from error
    channel.set_variable("CALENDAR_SUCCESS", "1")


def _event(names: list[str], values: list[str]) -> Event:
    """An event of fields and their values.

    Raises:
        DialplanError: A field is none, or no event comes of them.
    """
    words = [name.strip().lower() for name in names]
    unknown = [word for word in words if word not in _FIELDS]
    if unknown or len(values) != len(words):
        why = (
            f"an event has no {unknown[0]!r}"
            if unknown
            else f"{len(words)} fields have {len(values)} values"
        )
        raise DialplanError(f"CALENDAR_WRITE: {why}")
    given = dict(zip(words, (each.strip() for each in values), strict=True))
    start = _moment(given.get("start", ""), -1)
    end = _moment(given.get("end", ""), start + HOUR)
    if not 0 <= start <= end < MAX_MOMENT:
        raise DialplanError("CALENDAR_WRITE: it needs a start, and an end that is not before it")
    busy = leading_int(given.get("busystate", "")) if given.get("busystate") else BusyState.BUSY
    if busy not in set(BusyState):
        raise DialplanError("CALENDAR_WRITE: busystate is 0, 1 or 2")
    return Event(
        uid=given.get("uid") or str(uuid.uuid4()),
        start=start,
        end=end,
        summary=given.get("summary", ""),
        description=given.get("description", ""),
        organizer=given.get("organizer", ""),
        location=given.get("location", ""),
        categories=given.get("categories", ""),
        priority=min(9, max(0, leading_int(given.get("priority", "")) or 0)),
        busy=BusyState(busy),
    )
