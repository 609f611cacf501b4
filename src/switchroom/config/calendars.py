"""``calendar.conf``: calendars somewhere in the net, and whom to call before an appointment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from switchroom.base.text import leading_int
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile, Entry, Section
from switchroom.config.language.values import is_true

KINDS = ("ical", "caldav")
OTHER_KINDS = ("ews", "exchange")  #: that the original has, too

MINUTE = 60.0
DEFAULT_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class CalendarSettings:
    """One calendar; times are in seconds."""

    name: str
    kind: str = ""
    url: str = ""
    user: str = ""
    secret: str = field(default="", repr=False)
    refresh: float = 60 * MINUTE  #: between two looks at it
    timeframe: float = 60 * MINUTE  #: how far ahead is looked
    autoreminder: float = 0.0  #: before a busy event, whatever it says; 0: as it says
    channel: str = ""  #: who is called
    context: str = ""
    extension: str = ""
    application: str = ""
    data: str = ""
    wait: float = DEFAULT_WAIT  #: for an answer
    variables: tuple[tuple[str, str], ...] = ()  #: as written
    fetches_at_reload: bool = False
    verifies: bool = True  #: whether the server's certificate has to be good


@dataclass(frozen=True, slots=True)
class CalendarsConfig:
    """All calendars by name."""

    calendars: Mapping[str, CalendarSettings] = field(default_factory=lambda: MappingProxyType({}))
    warnings: tuple[ConfigWarning, ...] = ()


def _seconds(text: str, unit: float, least: int) -> float:
    number = leading_int(text)
    if number is None or number < least:
        raise ValueError(f"not a number of {least} or more")
    return min(number, 10_000_000) * unit


_TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "type": "kind", "url": "url", "user": "user", "secret": "secret", "channel": "channel",
        "context": "context", "extension": "extension", "app": "application", "appdata": "data",
    }
)  # fmt: skip
_OTHERS: Mapping[str, tuple[str, Callable[[str], object]]] = MappingProxyType(
    {
        "refresh": ("refresh", lambda text: _seconds(text, MINUTE, 1)),
        "timeframe": ("timeframe", lambda text: _seconds(text, MINUTE, 1)),
        "autoreminder": ("autoreminder", lambda text: _seconds(text, MINUTE, 0)),
        "waittime": ("wait", lambda text: _seconds(text, 1, 1)),
        "fetch_again_at_reload": ("fetches_at_reload", is_true),
        "tlsverify": ("verifies", is_true),
    }
)


def read_calendars(file: ConfigFile) -> CalendarsConfig:
    """Read a ``calendar.conf``; what cannot be used in it is passed over with a warning."""
    warnings = Warnings()
    found: dict[str, CalendarSettings] = {}
    for section in file.sections:
        if section.is_template or section.name.lower() == "general":
            continue
        settings = _read(section, warnings)
        why = _why_not(settings)
        if why:
            message = f"calendar {section.name} is not used: {why}"
            warnings.add(message, section.path, section.line)
        else:
            found[section.name] = settings
    return CalendarsConfig(MappingProxyType(found), tuple(warnings.entries))


def _why_not(settings: CalendarSettings) -> str:
    if not settings.kind:
        return "it has no type"
    if settings.kind in OTHER_KINDS:
        return f"the type {settings.kind} is not known here, use caldav or ical"
    if settings.kind not in KINDS:
        return f"there is no type {settings.kind!r}"
    if not settings.url.startswith(("http://", "https://")):
        return "its url is neither http nor https"
    return ""


def _read(section: Section, warnings: Warnings) -> CalendarSettings:
    values: dict[str, Any] = {}
    variables: list[tuple[str, str]] = []
    for entry in section.entries:
        name, value = entry.name.lower(), entry.value.strip()
        if name in _TEXTS:
            values[_TEXTS[name]] = value
        elif name in _OTHERS:
            _take(entry, values, warnings)
        elif name == "setvar" and "=" in value:
            variable, _, text = value.partition("=")
            variables.append((variable.strip(), text.strip()))
        else:
            message = f"calendar.conf: {entry.name} has no effect"
            warnings.add(message, entry.path, entry.line)
    settings = replace(CalendarSettings(section.name), **values, variables=tuple(variables))
    scheme, colon, rest = settings.url.partition(":")
    scheme = {"webcal": "http", "webcals": "https"}.get(scheme.lower(), scheme.lower())
    return replace(settings, kind=settings.kind.lower(), url=f"{scheme}{colon}{rest}")


def _take(entry: Entry, values: dict[str, Any], warnings: Warnings) -> None:
    field_name, parse = _OTHERS[entry.name.lower()]
    try:
        values[field_name] = parse(entry.value.strip())
    except ValueError as error:
        warnings.add(f"{entry.name} = {entry.value}: {error}", entry.path, entry.line)
