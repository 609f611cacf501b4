"""Calendars in memory, and nodes of the imagination that look at them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from switchroom.calendars.calendars import Calendars
from switchroom.calendars.event import CalendarError, Event
from switchroom.calendars.source import Source
from switchroom.config.calendars import CalendarsConfig, CalendarSettings, read_calendars
from switchroom.config.language.reader import parse_config
from switchroom.pbx.pbx import Pbx

NOON = 1_800_000_000.0  #: when virtual time begins


def now() -> float:
    """The wall clock of a virtual loop."""
    try:
        return NOON + asyncio.get_running_loop().time()
    except RuntimeError:
        return NOON


class FakeSource:
    """A calendar in memory."""

    def __init__(self, *events: Event) -> None:
        self.stored = list(events)
        self.asked: list[tuple[float, float]] = []
        self.failure = ""

    async def events(self, since: float, until: float) -> list[Event]:
        self.asked.append((since - NOON, until - NOON))
        if self.failure:
            raise CalendarError(self.failure)
        return list(self.stored)

    async def write(self, event: Event, *, now: float) -> None:
        if self.failure:
            raise CalendarError(self.failure)
        self.stored.append(event)


def config_of(*lines: str) -> CalendarsConfig:
    """``[anna]`` with these lines."""
    text = "\n".join(["[anna]", "type = ical", "url = http://example.com/anna.ics", *lines, ""])
    return read_calendars(parse_config(text, path=Path("calendar.conf")))


def look_at(pbx: Pbx, source: Source, *lines: str) -> Calendars:
    """Let a node look at ``anna``."""

    def source_of(settings: CalendarSettings) -> Source:
        return source

    calendars = pbx.datastore(Calendars)
    calendars.use(pbx, config_of(*lines), source_of)
    calendars.start()
    return calendars


def appointment(after: float, length: float = 1800, **more: Any) -> Event:
    """An event some seconds after noon."""
    more.setdefault("uid", f"at {after}")
    return Event(start=NOON + after, end=NOON + after + length, **more)
