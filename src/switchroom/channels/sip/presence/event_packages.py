"""What can be subscribed to, and how each state is written (RFC 4235, RFC 3863, RFC 3842)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Protocol

from switchroom.channels.sip.presence.markup import escape, quoteattr
from switchroom.pbx.states.device_state import DeviceState

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


class Watch(Enum):
    """What can be subscribed to."""

    EXTENSION = auto()
    MAILBOX = auto()
    BINDINGS = auto()  #: the contacts of an address of record


@dataclass(frozen=True, slots=True)
class WatchedContact:
    """One contact of an address of record."""

    id: str
    uri: str
    expires_at: float  #: on the wall clock; 0: never


@dataclass(frozen=True, slots=True)
class Watched:
    """The state of what is subscribed to, as far as packages ask for it."""

    name: str  #: extension or mailbox
    entity: str  #: its URI
    state: DeviceState = DeviceState.UNKNOWN
    new_messages: int = 0
    old_messages: int = 0
    tells_second_call: bool = False  #: ``notify_early_inuse_ringing``
    contacts: tuple[WatchedContact, ...] = ()


class EventPackage(Protocol):
    """One kind of state that peers may subscribe to."""

    @property
    def name(self) -> str:
        """Of the Event header."""
        ...

    @property
    def content_type(self) -> str:
        """Of the NOTIFY."""
        ...

    @property
    def watches(self) -> Watch:
        """What its subscriptions name."""
        ...

    def body(self, watched: Watched, version: int) -> str:
        """The state as written."""
        ...


class DialogPackage:
    """Who is in a call: the lamps of a phone's keys."""

    name = "dialog"
    content_type = "application/dialog-info+xml"
    watches = Watch.EXTENSION

    def body(self, watched: Watched, version: int) -> str:
        """See :class:`EventPackage`."""
        state, more, inner = "terminated", "", ""
        match watched.state:
            case DeviceState.RINGING:
                state, more = "early", ' direction="recipient"'
            case DeviceState.RINGINUSE if watched.tells_second_call:
                state, more = "early", ' direction="recipient"'
            case DeviceState.INUSE | DeviceState.BUSY | DeviceState.RINGINUSE:
                state = "confirmed"
            case DeviceState.ONHOLD:
                state = "confirmed"
                uri = quoteattr(watched.entity)
                param = '<param pname="+sip.rendering" pvalue="no"/>'
                inner = f"<local><target uri={uri}>{param}</target></local>\n"
            case _:
                pass
        return (
            f'{_XML}<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" '
            f'version="{version}" state="full" entity={quoteattr(watched.entity)}>\n'
            f"<dialog id={quoteattr(watched.name)}{more}>\n{inner}<state>{state}</state>\n"
            "</dialog>\n</dialog-info>\n"
        )


#: Whether somebody can be reached, what is said of it, and the activity of RFC 4480.
_PRESENCE: Mapping[DeviceState, tuple[str, str, str]] = MappingProxyType(
    {
        DeviceState.NOT_INUSE: ("open", "Ready", ""),
        DeviceState.INUSE: ("open", "On the phone", "on-the-phone"),
        DeviceState.BUSY: ("open", "On the phone", "busy"),
        DeviceState.RINGING: ("open", "Ringing", "on-the-phone"),
        DeviceState.RINGINUSE: ("open", "Ringing", "on-the-phone"),
        DeviceState.ONHOLD: ("open", "On hold", "on-the-phone"),
        DeviceState.UNKNOWN: ("open", "Ready", ""),
    }
)


class PresencePackage:
    """Whether somebody can be reached."""

    name = "presence"
    content_type = "application/pidf+xml"
    watches = Watch.EXTENSION

    def body(self, watched: Watched, version: int) -> str:
        """See :class:`EventPackage`."""
        basic, note, activity = _PRESENCE.get(watched.state, ("closed", "Unavailable", ""))
        person = f"<rpid:activities><rpid:{activity}/></rpid:activities>" if activity else ""
        return (
            f'{_XML}<presence xmlns="urn:ietf:params:xml:ns:pidf" '
            'xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" '
            f'xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity={quoteattr(watched.entity)}>\n'
            f"<tuple id={quoteattr(watched.name)}><status><basic>{basic}</basic></status>"
            f'<contact priority="1">{escape(watched.entity)}</contact>'
            f"<note>{escape(note)}</note></tuple>\n"
            f'<dm:person id="person">{person}<dm:note>{escape(note)}</dm:note></dm:person>\n'
            "</presence>\n"
        )


class MessageSummaryPackage:
    """Whether messages wait: the lamp of the mailbox."""

    name = "message-summary"
    content_type = "application/simple-message-summary"
    watches = Watch.MAILBOX

    def body(self, watched: Watched, version: int) -> str:
        """See :class:`EventPackage`."""
        waiting = "yes" if watched.new_messages else "no"
        return (
            f"Messages-Waiting: {waiting}\r\nMessage-Account: {watched.entity}\r\n"
            f"Voice-Message: {watched.new_messages}/{watched.old_messages} (0/0)\r\n"
        )


class RegPackage:
    """Where somebody is registered (RFC 3680)."""

    name = "reg"
    content_type = "application/reginfo+xml"
    watches = Watch.BINDINGS

    def body(self, watched: Watched, version: int) -> str:
        """See :class:`EventPackage`."""
        state = "active" if watched.contacts else "terminated"
        contacts = "".join(
            f'<contact id={quoteattr(each.id)} state="active" event="registered">'
            f"<uri>{escape(each.uri)}</uri></contact>\n"
            for each in watched.contacts
        )
        return (
            f'{_XML}<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" '
            f'version="{version}" state="full">\n'
            f"<registration aor={quoteattr(watched.entity)} id={quoteattr(watched.name)} "
            f'state="{state}">\n{contacts}</registration>\n</reginfo>\n'
        )


_ALL: tuple[EventPackage, ...] = (
    DialogPackage(), PresencePackage(), MessageSummaryPackage(), RegPackage(),
)  # fmt: skip
PACKAGES: Mapping[str, EventPackage] = MappingProxyType({each.name: each for each in _ALL})
