"""``type = outbound-publish`` and ``type = asterisk-publication`` of pjsip.conf."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Options
from switchroom.config.language.reader import Section

DEVICE_EVENT, MAILBOX_EVENT = "asterisk-devicestate", "asterisk-mwi"
#: What can be published, with the type of its body.
BODIES: Mapping[str, str] = MappingProxyType(
    {
        "dialog": "application/dialog-info+xml",
        "presence": "application/pidf+xml",
        "message-summary": "application/simple-message-summary",
        DEVICE_EVENT: "application/json",
        MAILBOX_EVENT: "application/json",
    }
)
_SELECTING = frozenset({"@body", "@context", "@exten", "@mailbox"})
ANY = re.compile("")


@dataclass(frozen=True, slots=True)
class OutboundPublish:
    """What is published at one server."""

    name: str
    event: str
    server_uri: str
    from_uri: str = ""  #: empty: the server's
    to_uri: str = ""  #: likewise
    expiration: int = 3600  #: seconds
    auths: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    transport: str = ""
    most_challenges: int = 5  #: in a row, after which it is given up
    is_multi_user: bool = False  #: each extension, or mailbox, has a URI of its own
    context: str = "default"  #: of its extensions
    extensions: re.Pattern[str] | None = None  #: None: the one that the URI names, or all
    mailboxes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AsteriskPublication:
    """Whose states are exchanged with another system, and by what."""

    name: str
    devices_by: str = ""  #: the name of an ``outbound-publish``; empty: none are told
    mailboxes_by: str = ""
    has_devices: bool = False  #: states of devices are taken, and told
    has_mailboxes: bool = False
    devices: re.Pattern[str] = field(default=ANY)  #: of which; it is searched for
    mailboxes: re.Pattern[str] = field(default=ANY)


def without_selection(section: Section) -> Section:
    """A section less the options that select what is published."""
    return replace(section, entries=[e for e in section.entries if not e.name.startswith("@")])


def read_outbound_publish(section: Section, options: Options) -> OutboundPublish:
    """Read one.

    Raises:
        ConfigError: It does not say what or where, or a value is none.
    """
    chosen: dict[str, str] = {}
    for entry in section.entries:
        name = entry.name.lower()
        if name.startswith("@"):
            if name not in _SELECTING:
                message = f"unknown option {entry.name!r} of outbound-publish"
                raise ConfigError(message, path=entry.path, line=entry.line)
            chosen[name] = entry.value.strip()
    event = options.text("event").lower()
    if event not in BODIES:
        raise _error(options, "event", f"expected one of {', '.join(BODIES)}, not {event!r}")
    if not options.text("server_uri"):
        raise _error(options, "server_uri", f"[{section.name}] needs one")
    body = chosen.get("@body", BODIES[event])
    if body != BODIES[event]:
        raise _error(options, "event", f"{event} has bodies of {BODIES[event]}, not {body!r}")
    return OutboundPublish(
        section.name,
        event,
        options.text("server_uri"),
        options.text("from_uri"),
        options.text("to_uri"),
        options.number("expiration"),
        options.words("outbound_auth"),
        options.words("outbound_proxy"),
        options.text("transport"),
        options.number("max_auth_attempts"),
        options.flag("multi_user"),
        chosen.get("@context", "default"),
        _pattern(options, "event", chosen["@exten"]) if "@exten" in chosen else None,
        tuple(filter(None, (each.strip() for each in chosen.get("@mailbox", "").split(",")))),
    )


def read_asterisk_publication(options: Options) -> AsteriskPublication:
    """Read one.

    Raises:
        ConfigError: A filter is no regular expression.
    """
    return AsteriskPublication(
        options.section.name,
        options.text("devicestate_publish"),
        options.text("mailboxstate_publish"),
        options.flag("device_state"),
        options.flag("mailbox_state"),
        _pattern(options, "device_state_filter", options.text("device_state_filter")),
        _pattern(options, "mailbox_state_filter", options.text("mailbox_state_filter")),
    )


def _pattern(options: Options, name: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise _error(options, name, f"{text}: {error}") from error


def _error(options: Options, name: str, message: str) -> ConfigError:
    path, line = options.section.path, options.line_of(name)
    return ConfigError(f"{name}: {message}", path=path, line=line)
