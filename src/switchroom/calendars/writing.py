"""An event as iCalendar."""

from __future__ import annotations

from datetime import UTC, datetime

from switchroom.calendars.content import escaped, folded
from switchroom.calendars.event import BusyState, Event


def written(event: Event, *, now: float) -> str:
    """A calendar with one event.

    Args:
        event: It; its alarms are not written.
        now: When it is written.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Switchroom//Calendars//EN",
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{_utc(now)}",
        f"DTSTART:{_utc(event.start)}",
        f"DTEND:{_utc(event.end)}",
        f"STATUS:{'TENTATIVE' if event.busy is BusyState.TENTATIVE else 'CONFIRMED'}",
        f"TRANSP:{'TRANSPARENT' if event.busy is BusyState.FREE else 'OPAQUE'}",
    ]
    for name, text in (
        ("SUMMARY", event.summary),
        ("DESCRIPTION", event.description),
        ("LOCATION", event.location),
    ):
        if text:
            lines.append(f"{name}:{escaped(text)}")
    if event.categories:
        lines.append(f"CATEGORIES:{','.join(map(escaped, event.categories.split(',')))}")
    if event.organizer:
        lines.append(f"ORGANIZER:{_address(event.organizer)}")
    if event.priority:
        lines.append(f"PRIORITY:{event.priority}")
    lines += ["END:VEVENT", "END:VCALENDAR"]
    return "".join(map(folded, lines))


def _utc(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y%m%dT%H%M%SZ}"


def _address(text: str) -> str:
    """An address as a URI; it is no TEXT, and so has no escapes."""
    text = "".join(text.split())
    return text if ":" in text else f"mailto:{text}"
