"""``calendar …``: calendars, their appointments, and what they wait for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from switchroom.base.text import shown_url
from switchroom.calendars.calendar import Calendar, Due
from switchroom.calendars.calendars import Calendars
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.cli.text import printable

MAX_DUES = 200  #: lines of ``calendar dump sched``


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else context.pbx.datastore(Calendars)


def _nothing(words: str) -> str:
    """Without calendars there are no such commands in the original either (recorded)."""
    hint = " ".join(words.split()[:2])
    return f"No such command '{words}' (type 'core show help {hint}' for other possible commands)\n"


def _time(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment):%Y-%m-%d %H:%M:%S}"  # noqa: DTZ006  # as clocks here show it


@command("calendar show calendars")
def show_calendars(context: CliContext, arguments: Arguments) -> str:
    """List the calendars, and whether they are busy."""
    if arguments:
        raise UsageError
    calendars = context.pbx.datastore(Calendars)
    if not calendars:
        return _nothing("calendar show calendars")
    lines = [f"{'Calendar':<20} {'Type':<10} Status", f"{'--------':<20} {'----':<10} ------"]
    lines += [
        f"{name:<20} {each.settings.kind:<10} {'busy' if each.is_busy else 'free'}{_trouble(each)}"
        for name, each in calendars.items()
    ]
    return "\n".join([*lines, ""])


def _trouble(calendar: Calendar) -> str:
    return f" (not reachable: {printable(calendar.failure)})" if calendar.failure else ""


@command("calendar show types")
def show_types(context: CliContext, arguments: Arguments) -> str:
    """List the types that a calendar may have."""
    if arguments:
        raise UsageError
    if not context.pbx.datastore(Calendars):
        return _nothing("calendar show types")
    rows = (("Type", "Description"), ("ical", "iCalendar files"), ("caldav", "CalDAV servers"))
    return "".join(f"{kind:<12}{text}\n" for kind, text in rows)


@command("calendar show calendar", "calendar show calendar <calendar name>", complete=_names)
def show_calendar(context: CliContext, arguments: Arguments) -> str:
    """Show one calendar, and the events that are known of it."""
    if len(arguments) != 1:
        raise UsageError
    if not context.pbx.datastore(Calendars):
        return _nothing(f"calendar show calendar {arguments[0]}")
    calendar = context.pbx.datastore(Calendars).get(arguments[0])
    if calendar is None:
        raise CommandFailedError(f"there is no calendar {arguments[0]!r}")
    settings = calendar.settings
    rows: list[tuple[str, object]] = [
        ("Name", settings.name),
        ("Type", settings.kind),
        ("Address", shown_url(settings.url)),
        ("State", "busy" if calendar.is_busy else "free"),
        ("Trouble", calendar.failure or "none"),
        ("Notify channel", settings.channel),
        ("Notify context", settings.context),
        ("Notify extension", settings.extension),
        ("Notify application", settings.application),
        ("Notify appdata", settings.data),
        ("Refresh time", int(settings.refresh / 60)),
        ("Timeframe", int(settings.timeframe / 60)),
        ("Autoreminder", int(settings.autoreminder / 60)),
    ]
    text = _table(rows) + "\nEvents\n------\n"
    for event in calendar.events:
        alarm = ", ".join(map(_time, event.alarms)) or "none"
        text += "\n" + _table(
            [
                ("Summary", event.summary),
                ("Description", event.description),
                ("Organizer", event.organizer),
                ("Location", event.location),
                ("Categories", event.categories),
                ("Priority", event.priority),
                ("UID", event.uid),
                ("Start", _time(event.start)),
                ("End", _time(event.end)),
                ("Alarm", alarm),
                ("Busy state", event.busy.name.lower()),
            ]
        )
    return text


def _table(rows: Iterable[tuple[str, object]]) -> str:
    return "".join(f"{name:<20}: {printable(str(value))}\n" for name, value in rows)


def _line(due: Due, name: str) -> str:
    summary = "" if due.event is None else printable(due.event.summary)
    return f"{_time(due.at)}  {due.what:<9} {name:<20} {summary}"


@command("calendar dump sched")
def dump_schedule(context: CliContext, arguments: Arguments) -> str:
    """List what calendars wait for: beginnings, ends, reminders, and their next look."""
    if arguments:
        raise UsageError
    calendars = context.pbx.datastore(Calendars)
    if not calendars:
        return _nothing("calendar dump sched")
    dues = [(due, name) for name, each in calendars.items() for due in each.schedule()]
    dues.sort(key=lambda pair: pair[0].at)
    lines = [_line(due, name) for due, name in dues[:MAX_DUES]]
    more = [f"… and {len(dues) - MAX_DUES} more"] if len(dues) > MAX_DUES else []
    return "\n".join([f"{len(dues)} things are waited for", *map(str.rstrip, lines), *more, ""])
