"""States: of devices, extensions, people, mailboxes, contacts, registrations, and of the node."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.actions.states import EXTENSION_STATES
from switchroom.ami.all_hints import all_hints
from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.events import (
    ContactChanged,
    RegistryChanged,
    Reloaded,
    Stopping,
)
from switchroom.pbx.states.device_state import DeviceStateChanged
from switchroom.pbx.states.device_watch import ExtensionStateChanged
from switchroom.pbx.states.mailboxes import MailboxChanged
from switchroom.pbx.states.presence import PresenceChanged


@told_as(DeviceStateChanged, Privilege.CALL)
def device_state_changed(_: Snapshots, event: DeviceStateChanged) -> Iterator[Told]:
    """A device has another state."""
    yield "DeviceStateChange", [("Device", event.device), ("State", str(event.state))]


@told_as(ExtensionStateChanged, Privilege.CALL)
def extension_state_changed(_: Snapshots, event: ExtensionStateChanged) -> Iterator[Told]:
    """An extension with a hint has another state."""
    number, text = EXTENSION_STATES[event.state]
    yield (
        "ExtensionStatus",
        [
            ("Exten", event.extension),
            ("Context", event.context),
            ("Hint", event.hint.text),
            ("Status", str(number)),
            ("StatusText", text),
        ],
    )


@told_as(PresenceChanged, Privilege.CALL)
def presence_changed(view: Snapshots, event: PresenceChanged) -> Iterator[Told]:
    """Somebody says something else of himself, and so do the extensions whose hints name him."""
    found = event.presence
    said = [
        ("Status", str(found.state)), ("Subtype", found.subtype), ("Message", found.message),
    ]  # fmt: skip
    yield "PresenceStateChange", [("Presentity", event.provider), *said]
    for context, extension, hint in all_hints(view.pbx):
        if hint.presence.lower() == event.provider.lower():
            place = [("Exten", extension), ("Context", context), ("Hint", hint.text)]
            yield "PresenceStatus", [*place, *said]


@told_as(MailboxChanged, Privilege.CALL)
def mailbox_changed(_: Snapshots, event: MailboxChanged) -> Iterator[Told]:
    """Another number of messages waits."""
    waiting = "1" if event.new else "0"
    yield (
        "MessageWaiting",
        [
            ("Mailbox", event.mailbox),
            ("Waiting", waiting),
            ("New", str(event.new)),
            ("Old", str(event.old)),
        ],
    )


#: What became of a contact, as the event for programs of chan_sip's time calls it.
_PEER_STATUS = {
    "Created": "Registered",
    "Updated": "Registered",
    "Removed": "Unregistered",
    "Reachable": "Reachable",
    "Unreachable": "Unreachable",
}


@told_as(ContactChanged, Privilege.SYSTEM)
def contact_changed(_: Snapshots, event: ContactChanged) -> Iterator[Told]:
    """A contact came, went, or can be reached or not any more."""
    trip = "" if event.round_trip is None else str(round(event.round_trip * 1_000_000))
    if event.technology == "PJSIP":
        yield (
            "ContactStatus",
            [
                ("URI", event.uri),
                ("ContactStatus", event.status),
                ("AOR", event.aor),
                ("EndpointName", event.endpoint),
                ("RoundtripUsec", trip or "0"),
            ],
        )
    yield (
        "PeerStatus",
        [
            ("ChannelType", event.technology),
            ("Peer", f"{event.technology}/{event.endpoint}"),
            ("PeerStatus", _PEER_STATUS.get(event.status, event.status)),
        ],
    )


@told_as(RegistryChanged, Privilege.SYSTEM)
def registry_changed(_: Snapshots, event: RegistryChanged) -> Iterator[Told]:
    """We are registered elsewhere, or no more."""
    headers = [
        ("ChannelType", "pjsip"),
        ("Username", event.username),
        ("Domain", event.domain),
        ("Status", event.status),
    ]
    if event.cause:
        headers.append(("Cause", event.cause))
    yield "Registry", headers


@told_as(Reloaded, Privilege.SYSTEM)
def reloaded(_: Snapshots, event: Reloaded) -> Iterator[Told]:
    """A part of the configuration was read anew."""
    yield "Reload", [("Module", event.module), ("Status", "0" if event.has_worked else "1")]


@told_as(Stopping, Privilege.SYSTEM)
def stopping(_: Snapshots, event: Stopping) -> Iterator[Told]:
    """The node ends."""
    kind = "Cleanly" if event.cleanly else "Uncleanly"
    yield "Shutdown", [("Shutdown", kind), ("Restart", "True" if event.restarts else "False")]
