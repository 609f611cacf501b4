"""``type = resource_list`` of pjsip.conf: many that are subscribed to at once."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Options

EVENTS = ("presence", "dialog", "message-summary")  #: that there are lists of


@dataclass(frozen=True, slots=True)
class ResourceList:
    """One list."""

    name: str
    event: str  #: one of :data:`EVENTS`
    items: tuple[str, ...]  #: extensions, addresses of record, or further lists
    tells_all: bool = False  #: each NOTIFY has the state of all, not of those that changed
    gather_for: float = 0.0  #: seconds in which changes are gathered
    shows_names: bool = False  #: the names of hints are told


def read_resource_list(options: Options) -> ResourceList:
    """Read one.

    Raises:
        ConfigError: It has no event that there are lists of.
    """
    section, event = options.section, options.text("event").lower()
    if event not in EVENTS:
        message = f"resource_list [{section.name}] needs an event: {', '.join(EVENTS)}"
        raise ConfigError(message, path=section.path, line=options.line_of("event"))
    return ResourceList(
        section.name,
        event,
        options.words("list_item"),
        options.flag("full_state"),
        options.number("notification_batch_interval") / 1000,
        options.flag("resource_display_name"),
    )
