"""Whether devices are free: of a phone, a trunk, or something that the dialplan sets by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.remote import RemoteStates

CUSTOM = "Custom"
FAMILY = "CustomDevstate"  #: of the AstDB: custom states outlive a restart


class DeviceState(StrEnum):
    """The states, as the dialplan and AMI call them."""

    UNKNOWN = "UNKNOWN"
    NOT_INUSE = "NOT_INUSE"
    INUSE = "INUSE"
    BUSY = "BUSY"
    INVALID = "INVALID"
    UNAVAILABLE = "UNAVAILABLE"
    RINGING = "RINGING"
    RINGINUSE = "RINGINUSE"
    ONHOLD = "ONHOLD"


class DeviceKinds(dict[str, Callable[[str], DeviceState]]):
    """How the state of ``kind:name`` is found, by the kind in lower case; of the whole node."""


class DeviceLists(list[Callable[[], Iterable[str]]]):
    """Who can list devices of kinds of their own; of the whole node."""


class RemoteDevices(RemoteStates[DeviceState]):
    """States of devices at other systems; of the whole node."""


@dataclass(frozen=True, slots=True)
class DeviceStateChanged:
    """A device went to another state (AMI: DeviceStateChange)."""

    device: str
    state: DeviceState


@runtime_checkable
class HasDeviceStates(Protocol):
    """A technology that knows its devices beyond the channels they have."""

    def device_state(self, pbx: Pbx, resource: str) -> DeviceState:
        """The state of ``resource``: what follows the technology and a slash."""
        ...


def parse_device_state(text: str) -> DeviceState:
    """A state by name; what is none is unknown."""
    try:
        return DeviceState(text.strip().upper())
    except ValueError:
        return DeviceState.UNKNOWN


def device_state(pbx: Pbx, device: str) -> DeviceState:
    """The state of ``Technology/resource`` or ``Custom:name``, as all systems know it."""
    own = own_device_state(pbx, device)
    others = pbx.datastore(RemoteDevices).of(device)
    return combined((own, *others.values())) if others else own


def own_device_state(pbx: Pbx, device: str) -> DeviceState:
    """The same, as it is known here."""
    kind, colon, name = device.partition(":")
    if colon and kind.lower() == CUSTOM.lower():
        return parse_device_state(pbx.astdb.get(FAMILY, name) or "")
    if colon and (find := pbx.datastore(DeviceKinds).get(kind.lower())) is not None:
        return find(name)
    technology_name, slash, resource = device.partition("/")
    technology = pbx.technologies.get(technology_name.upper())
    if technology is None or not slash:
        return DeviceState.INVALID
    # Not asked by isinstance() of the Protocol, which takes 16 µs, several times a call.
    ask = getattr(technology, "device_state", None)
    if ask is not None:
        found: DeviceState = ask(pbx, resource)
        return found
    return state_of_channels(channels_of(pbx, device)) or DeviceState.UNKNOWN


def channels_of(pbx: Pbx, device: str) -> list[Channel]:
    """The channels a device has now."""
    return list(pbx.channels_by_device.get(device.lower(), {}).values())


def state_of_channels(channels: Iterable[Channel]) -> DeviceState | None:
    """What the channels of a device say of it; None where it has none."""
    ringing = {channel.state is ChannelState.RINGING for channel in channels}
    if not ringing:
        return None
    if ringing == {True, False}:
        return DeviceState.RINGINUSE
    return DeviceState.RINGING if True in ringing else DeviceState.INUSE


async def set_custom_state(pbx: Pbx, name: str, state: DeviceState) -> None:
    """Set ``Custom:name``; it is kept over a restart."""
    device = f"{CUSTOM}:{name}"
    before = own_device_state(pbx, device)
    await pbx.astdb.put(FAMILY, name, state)
    if state is not before and pbx.events.wants(DeviceStateChanged):
        pbx.events.publish(DeviceStateChanged(device, device_state(pbx, device)))


def combined(states: Iterable[DeviceState]) -> DeviceState:  # noqa: PLR0911  # one line a rule
    """The state of an extension that stands for several devices.

    Somebody who rings or talks counts; otherwise one that is free; otherwise what all are.
    """
    found = set(states)
    ringing = found & {DeviceState.RINGING, DeviceState.RINGINUSE}
    talking = found & {DeviceState.INUSE, DeviceState.RINGINUSE, DeviceState.ONHOLD}
    if ringing:
        in_use = talking or DeviceState.BUSY in found
        return DeviceState.RINGINUSE if in_use else DeviceState.RINGING
    if found == {DeviceState.BUSY}:
        return DeviceState.BUSY
    if found == {DeviceState.ONHOLD}:
        return DeviceState.ONHOLD
    if talking or DeviceState.BUSY in found:
        return DeviceState.INUSE
    if DeviceState.NOT_INUSE in found:
        return DeviceState.NOT_INUSE
    if DeviceState.UNAVAILABLE in found:
        return DeviceState.UNAVAILABLE
    if found == {DeviceState.INVALID}:
        return DeviceState.INVALID
    return DeviceState.UNKNOWN
