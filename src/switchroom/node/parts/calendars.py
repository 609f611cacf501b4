"""``calendar.conf``: calendars somewhere in the net."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.calendars.calendars import Calendars
from switchroom.calendars.source import Source
from switchroom.config.calendars import CalendarsConfig, CalendarSettings, read_calendars
from switchroom.config.language.options import ConfigWarning
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx


class CalendarFile(Part):
    """The file need not be there."""

    words = frozenset({"calendar", "res_calendar", "res_calendar_ical", "res_calendar_caldav"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("calendar.conf", read_calendars) or CalendarsConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(Calendars).use(pbx, self._config, _source_of)

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        calendars = services.pbx.datastore(Calendars)
        calendars.start()
        stack.callback(calendars.stop)


def _source_of(settings: CalendarSettings) -> Source:
    # Most nodes have no calendar: what reads one is imported by those that do.
    from switchroom.calendars.web import source_of

    return source_of(settings)
