"""``type = inbound-publication`` of pjsip.conf: what may be published here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Options, Warnings
from switchroom.config.language.reader import Section
from switchroom.config.pjsip.publishing import DEVICE_EVENT, MAILBOX_EVENT

EVENTS = frozenset(
    {"dialog", "presence", "message-summary", DEVICE_EVENT, MAILBOX_EVENT}
)  #: that are taken
_START = "event_"


@dataclass(frozen=True, slots=True)
class InboundPublication:
    """One resource."""

    name: str
    endpoint: str  #: who may; empty: every endpoint
    #: Each with what it sets: a custom state, a mailbox, or what an ``asterisk-publication`` says.
    events: Mapping[str, str]


def without_events(section: Section) -> Section:
    """A section less the options whose names hold an event."""
    kept = [each for each in section.entries if not each.name.lower().startswith(_START)]
    return replace(section, entries=kept)


def read_publication(section: Section, options: Options, warnings: Warnings) -> InboundPublication:
    """Read one.

    Raises:
        ConfigError: An event leads nowhere.
    """
    events: dict[str, str] = {}
    for entry in section.entries:
        name = entry.name.lower()
        if not name.startswith(_START):
            continue
        event = name.removeprefix(_START)
        if event not in EVENTS:
            message = f"publications of {event} have no effect yet"
            warnings.add(message, entry.path, entry.line)
        elif not entry.value.strip():
            message = f"{name} needs the name of what it sets"
            raise ConfigError(message, path=entry.path, line=entry.line)
        else:
            events[event] = entry.value.strip()
    return InboundPublication(section.name, options.text("endpoint"), events)
