"""Where events come from, and go to."""

from __future__ import annotations

from typing import Protocol

from switchroom.calendars.event import Event


class Source(Protocol):
    """One calendar somewhere else."""

    async def events(self, since: float, until: float) -> list[Event]:
        """What is in it within a time.

        Raises:
            CalendarError: It cannot be read.
        """
        ...

    async def write(self, event: Event, *, now: float) -> None:
        """Put an event into it, or another in the place of one with the same uid.

        Args:
            event: The event.
            now: When it is written.

        Raises:
            CalendarError: It cannot be written.
        """
