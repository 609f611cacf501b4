"""States of extensions, devices and people."""

from __future__ import annotations

from switchroom.ami.all_hints import all_hints
from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import Listed, Reply, done, listing
from switchroom.ami.request import Request
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import (
    CUSTOM,
    FAMILY,
    DeviceLists,
    DeviceState,
    device_state,
)
from switchroom.pbx.states.device_watch import DeviceStates
from switchroom.pbx.states.hints import Hint, extension_state, find_hint
from switchroom.pbx.states.presence import FAMILY as PRESENCE_FAMILY
from switchroom.pbx.states.presence import Presence, presence

#: The state of an extension as a number and a word.
EXTENSION_STATES = {
    DeviceState.NOT_INUSE: (0, "Idle"),
    DeviceState.INUSE: (1, "InUse"),
    DeviceState.BUSY: (2, "Busy"),
    DeviceState.UNAVAILABLE: (4, "Unavailable"),
    DeviceState.INVALID: (4, "Unavailable"),
    DeviceState.UNKNOWN: (0, "Idle"),
    DeviceState.RINGING: (8, "Ringing"),
    DeviceState.RINGINUSE: (9, "InUse&Ringing"),
    DeviceState.ONHOLD: (16, "Hold"),
}
NO_HINT = (-1, "Unknown")


def _state(pbx: Pbx, hint: Hint | None) -> list[tuple[str, str]]:
    number, text = EXTENSION_STATES[extension_state(pbx, hint)] if hint is not None else NO_HINT
    return [("Status", str(number)), ("StatusText", text)]


@action("ExtensionState", Privilege.CALL | Privilege.REPORTING)
def state_of_extension(request: Request) -> Reply:
    """Ask how an extension with a hint is."""
    extension = request.required("Exten", "Extension not specified")
    context = request.get("Context", "default")
    hint = find_hint(request.pbx, context, extension)
    return done(
        "Extension Status",
        ("Exten", extension),
        ("Context", context),
        ("Hint", hint.text if hint is not None else ""),
        *_state(request.pbx, hint),
    )


@action("ExtensionStateList", Privilege.CALL | Privilege.REPORTING)
def extension_states(request: Request) -> Reply:
    """List all extensions with a hint, and how they are."""
    events = [
        Listed(
            "ExtensionStatus",
            (
                ("Exten", extension),
                ("Context", context),
                ("Hint", hint.text),
                *_state(request.pbx, hint),
            ),
        )
        for context, extension, hint in all_hints(request.pbx)
    ]
    return listing("Extension Statuses will follow", "ExtensionStateListComplete", events)


def _known_devices(pbx: Pbx) -> list[str]:
    """Those that are watched, stand in a hint, are set by hand, or of which somebody has a list."""
    devices = dict.fromkeys(pbx.datastore(DeviceStates).known)
    for _, _, hint in all_hints(pbx):
        devices.update(dict.fromkeys(hint.devices))
    for key, _ in pbx.astdb.items(FAMILY):
        devices[f"{CUSTOM}:{key.removeprefix(f'/{FAMILY}/')}"] = None
    for listed in pbx.datastore(DeviceLists):
        devices.update(dict.fromkeys(listed()))
    return list(devices)


@action("DeviceStateList", Privilege.CALL | Privilege.REPORTING)
def device_states(request: Request) -> Reply:
    """List the devices that are known, and their states."""
    pbx = request.pbx
    events = [
        Listed("DeviceStateChange", (("Device", each), ("State", device_state(pbx, each))))
        for each in _known_devices(pbx)
    ]
    return listing("Device State Changes will follow", "DeviceStateListComplete", events)


def presence_headers(found: Presence) -> list[tuple[str, str]]:
    """What somebody says of himself; what he does not say is left out."""
    headers = [("State", str(found.state))]
    if found.subtype:
        headers.append(("Subtype", found.subtype))
    if found.message:
        # Asterisk: both (22); the first name is that of every response's own text.
        headers += [("Message", found.message), ("PresenceMessage", found.message)]
    return headers


@action("PresenceState", Privilege.CALL | Privilege.REPORTING)
def presence_state(request: Request) -> Reply:
    """Ask what somebody says of himself."""
    provider = request.required("Provider", "No provider specified")
    return done("Presence State", *presence_headers(presence(request.pbx, provider)))


@action("PresenceStateList", Privilege.CALL | Privilege.REPORTING)
def presence_states(request: Request) -> Reply:
    """List what all say of themselves."""
    pbx = request.pbx
    providers = [
        f"CustomPresence:{key.removeprefix(f'/{PRESENCE_FAMILY}/')}"
        for key, _ in pbx.astdb.items(PRESENCE_FAMILY)
    ]
    events = [
        Listed("PresenceStateChange", (("Presentity", each), *_changed(presence(pbx, each))))
        for each in providers
    ]
    return listing("Presence State Changes will follow", "PresenceStateListComplete", events)


def _changed(found: Presence) -> list[tuple[str, str]]:
    return [("Status", str(found.state)), ("Subtype", found.subtype), ("Message", found.message)]
