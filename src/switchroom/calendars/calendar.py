"""One calendar as it was last seen: looked at again and again, and its appointments waited for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace

from switchroom.calendars.event import BusyState, CalendarError, Event, is_within
from switchroom.calendars.reminding import remind
from switchroom.calendars.source import Source
from switchroom.config.calendars import CalendarSettings
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, DeviceStateChanged

logger = logging.getLogger(__name__)

KIND = "Calendar"  #: of devices: ``Calendar:name``
MAX_CALLS = 5  #: reminders of one calendar at a time
FIRST_RETRY = 60.0  #: seconds; twice as many after each failure, up to its refresh
#: A reminder: uid and beginning of its event, and its own time.
Given = tuple[str, float, float]

LONGEST_SLEEP = 60.0  #: seconds, after which the clock is read again: somebody may have set it


@dataclass(frozen=True, slots=True)
class Due:
    """Something that will happen."""

    at: float
    what: str  #: ``begins``, ``ends``, ``reminder`` or ``refresh``
    event: Event | None = None


class Calendar:
    """One calendar.

    Args:
        pbx: The core.
        settings: What is configured.
        source: Where its events are.
        given: Reminders that were given already.
    """

    def __init__(
        self, pbx: Pbx, settings: CalendarSettings, source: Source, given: Iterable[Given] = ()
    ) -> None:
        self.settings = settings
        self.events: tuple[Event, ...] = ()
        self.failure = ""  #: why the last look at it failed
        self.next_look_at = 0.0
        self.given = set(given)
        self._pbx = pbx
        self._source = source
        self._retry = FIRST_RETRY
        self._was_busy = False
        self._calls: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def device(self) -> str:
        """``Calendar:name``."""
        return f"{KIND}:{self.settings.name}"

    @property
    def is_busy(self) -> bool:
        """Whether an appointment takes time now."""
        now = self._pbx.now()
        return any(event.takes_time_at(now) for event in self.events)

    @property
    def state(self) -> DeviceState:
        """The state of its device."""
        return DeviceState.INUSE if self.is_busy else DeviceState.NOT_INUSE

    def between(self, since: float, until: float) -> list[Event]:
        """The events that are known of a time, by their beginning."""
        return [each for each in self.events if is_within(each.start, each.end, since, until)]

    async def write(self, event: Event) -> None:
        """Put an event into it, and look at it again.

        Raises:
            CalendarError: It cannot be written.
        """
        await self._source.write(event, now=self._pbx.now())
        self.look_again()

    # what it waits for

    def start(self) -> None:
        """Look at it from now on, until :meth:`stop`."""
        self._task = self._pbx.spawn(self._watch(), name=self.device)

    def stop(self) -> None:
        """Look at it no more; reminders that ring go on."""
        if self._task is not None:
            self._task.cancel()

    def look_again(self) -> None:
        """Look at it now, and not when its time comes."""
        self.next_look_at = 0.0
        self._wake.set()

    def schedule(self) -> list[Due]:
        """What will happen, in order."""
        now = self._pbx.now()
        found = [Due(self.next_look_at, "refresh")]
        for event in self.events:
            if event.busy > BusyState.FREE:
                found += [Due(event.start, "begins", event), Due(event.end, "ends", event)]
            found += [Due(at, "reminder", event) for at in self._reminders(event)]
        return sorted((each for each in found if each.at > now), key=lambda each: each.at)

    async def _watch(self) -> None:
        while True:
            if self._pbx.now() >= self.next_look_at:
                # In a task of its own, so that no fault of it ends the watching.
                await self._pbx.spawn(self._look(), name=f"{self.device} is read")
            self._tell_state()
            self._remind()
            self._wake.clear()
            dues = self.schedule()
            wait = min(dues[0].at - self._pbx.now(), LONGEST_SLEEP) if dues else LONGEST_SLEEP
            try:
                async with asyncio.timeout(max(0.0, wait)):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def _look(self) -> None:
        settings, now = self.settings, self._pbx.now()
        self.next_look_at = now + min(self._retry, settings.refresh)
        # Also what has to be reminded of before anybody looks again.
        ahead = max(settings.timeframe, settings.refresh + settings.autoreminder)
        try:
            events = await self._source.events(now, now + ahead)
        except CalendarError as error:
            self._retry *= 2
            level = logging.DEBUG if self.failure else logging.WARNING
            self.failure = str(error)
            logger.log(level, "calendar %s cannot be read: %s", settings.name, error)
            return
        if self.failure:
            logger.warning("calendar %s can be read again", settings.name)
        self.failure, self._retry = "", FIRST_RETRY
        self.next_look_at = now + settings.refresh
        self.events = tuple(map(self._with_own_alarm, events))
        keys = {(event.uid, event.start) for event in self.events}
        self.given = {given for given in self.given if given[:2] in keys}

    def _with_own_alarm(self, event: Event) -> Event:
        before = self.settings.autoreminder
        if not before or event.busy is BusyState.FREE:
            return event
        return replace(event, alarms=(event.start - before,))

    def _tell_state(self) -> None:
        is_busy = self.is_busy
        if is_busy is self._was_busy:
            return
        self._was_busy = is_busy
        if self._pbx.events.wants(DeviceStateChanged):
            self._pbx.events.publish(DeviceStateChanged(self.device, self.state))

    # reminders

    def _reminders(self, event: Event) -> Iterable[float]:
        """When to remind of an event, as far as nobody has."""
        if not self.settings.channel:
            return ()
        return [at for at in event.alarms if (event.uid, event.start, at) not in self.given]

    def _remind(self) -> None:
        """Call because of all that is due: once for an event, however often it asked for that."""
        now = self._pbx.now()
        for event in self.events:
            due = [at for at in self._reminders(event) if at <= now]
            if not due:
                continue
            # An alarm behind the beginning is meant so; one that was missed comes too late then.
            if now >= max(event.start, *due) + LONGEST_SLEEP:
                self._note(event, due)
            elif len(self._calls) < MAX_CALLS:
                self._note(event, due)
                task = self._pbx.spawn(
                    remind(self._pbx, self.settings, event), name=f"{self.device} reminds"
                )
                self._calls.add(task)
                task.add_done_callback(self._called)

    def _note(self, event: Event, due: list[float]) -> None:
        self.given |= {(event.uid, event.start, at) for at in due}

    def _called(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        self._wake.set()  # others may be waiting for their turn
