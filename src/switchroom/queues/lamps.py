"""What hints, lamps and supervisors are told of queues as devices.

``Queue:NAME`` rings while callers wait, ``Queue:NAME_avail`` is free while a member could take a
call, ``Queue:NAME_pause_INTERFACE`` is in use while that member is paused.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import (
    DeviceKinds,
    DeviceLists,
    DeviceState,
    DeviceStateChanged,
)
from switchroom.queues.member import Member

if TYPE_CHECKING:
    from switchroom.queues.desk import Desk, Desks

KIND = "Queue"
_AVAILABLE = "_avail"
_PAUSE = "_pause_"


class Lamps:
    """Of one queue.

    Args:
        desk: The queue.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._is_waited = False
        self._is_available = False

    def callers_changed(self) -> None:
        """Somebody joined or left."""
        is_waited = bool(self._desk.queue.waiting)
        if is_waited is not self._is_waited:
            self._is_waited = is_waited
            self._tell("", waiting_state(self._desk))

    def member_changed(self, member: Member) -> None:
        """A member may be free now, or not any more."""
        # Most changes leave the queue as it was, so that few of them look at all members.
        if self._is_available != self._desk.queue.is_free(member, self._desk.now()):
            self._look()

    def _look(self) -> None:
        is_available = self._desk.queue.has_free_members(self._desk.now())
        if is_available is not self._is_available:
            self._is_available = is_available
            self._tell(_AVAILABLE, available_state(self._desk))

    def pause_changed(self, member: Member) -> None:
        """A member came, or went, or is paused, or not any more."""
        self._tell(f"{_PAUSE}{member.interface}", pause_state(member))

    def removed(self, member: Member) -> None:
        """A member is none any more."""
        self._tell(f"{_PAUSE}{member.interface}", DeviceState.NOT_INUSE)
        self._look()

    def _tell(self, which: str, state: DeviceState) -> None:
        events = self._desk.pbx.events
        if events.wants(DeviceStateChanged):
            device = f"{KIND}:{self._desk.queue.name}{which}"
            events.publish(DeviceStateChanged(device, state))


def waiting_state(desk: Desk) -> DeviceState:
    """Of ``Queue:NAME``."""
    return DeviceState.RINGING if desk.queue.waiting else DeviceState.NOT_INUSE


def available_state(desk: Desk) -> DeviceState:
    """Of ``Queue:NAME_avail``."""
    is_free = desk.queue.has_free_members(desk.now())
    return DeviceState.NOT_INUSE if is_free else DeviceState.INUSE


def pause_state(member: Member | None) -> DeviceState:
    """Of ``Queue:NAME_pause_INTERFACE``."""
    if member is None:
        return DeviceState.INVALID
    return DeviceState.INUSE if member.is_paused else DeviceState.NOT_INUSE


def light(pbx: Pbx, desks: Desks) -> None:
    """Let hints and lists of devices know the queues of a node."""

    def state_of(text: str) -> DeviceState:
        if (desk := desks.get(text)) is not None:
            return waiting_state(desk)
        if (desk := desks.get(text.removesuffix(_AVAILABLE))) is not None:
            return available_state(desk)
        name, _, interface = text.partition(_PAUSE)
        desk = desks.get(name)
        return DeviceState.INVALID if desk is None else pause_state(desk.queue.member(interface))

    def devices() -> Iterator[str]:
        for name, desk in desks.items():
            for member in desk.queue.members.values():
                yield f"{KIND}:{name}{_PAUSE}{member.interface}"
            yield f"{KIND}:{name}{_AVAILABLE}"

    pbx.datastore(DeviceKinds)[KIND.lower()] = state_of
    pbx.datastore(DeviceLists).append(devices)
