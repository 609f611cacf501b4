"""Watching devices: their states change with their calls, and those of extensions with them.

Runs where somebody wants to hear of it (AMI); costs nothing but a look otherwise.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from switchroom.pbx.events import (
    ChannelCreated,
    ChannelHungUp,
    ChannelStateChanged,
    HoldChanged,
)
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, DeviceStateChanged, device_state
from switchroom.pbx.states.hints import Hint, extension_state, parse_hint

#: A device of the technology Local is an extension: there is no end of them.
_TRANSIENT = "Local/"


@dataclass(frozen=True, slots=True)
class ExtensionStateChanged:
    """An extension with a hint has another state (AMI: ExtensionStatus)."""

    context: str
    extension: str
    hint: Hint
    state: DeviceState


class DeviceStates:
    """What is known of the devices of a node, by ``pbx.datastore(DeviceStates)``."""

    def __init__(self) -> None:
        self.known: dict[str, DeviceState] = {}
        self._pbx: Pbx | None = None
        self._changed: set[str] = set()
        self._timer: asyncio.Handle | None = None
        self._hints: object = None
        self._by_device: dict[str, list[tuple[str, str, Hint]]] = {}
        self._told: dict[tuple[str, str], DeviceState] = {}

    def watch(self, pbx: Pbx) -> None:
        """Begin, once."""
        if self._pbx is not None:
            return
        self._pbx = pbx
        pbx.events.subscribe(ChannelCreated, self._channel_changed)
        pbx.events.subscribe(ChannelStateChanged, self._channel_changed)
        pbx.events.subscribe(ChannelHungUp, self._channel_changed)
        pbx.events.subscribe(HoldChanged, self._channel_changed)
        pbx.events.subscribe(DeviceStateChanged, self._told_elsewhere)
        pbx.at_end(self._end)

    def _end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _is_wanted(self, pbx: Pbx) -> bool:
        # One subscriber is this object itself.
        heard = pbx.events.handlers.get(DeviceStateChanged, ())
        return len(heard) > 1 or pbx.events.wants(ExtensionStateChanged)

    def _channel_changed(
        self, event: ChannelCreated | ChannelStateChanged | ChannelHungUp | HoldChanged
    ) -> None:
        self.changed(event.channel.rpartition("-")[0])

    def changed(self, device: str) -> None:
        """A device may have another state now; looked at in the loop's next round."""
        if self._pbx is None or not device or not self._is_wanted(self._pbx):
            return
        self._changed.add(device)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._timer = None
        pbx = self._pbx
        changed, self._changed = self._changed, set()
        if pbx is None:
            return
        for device in sorted(changed):
            state = device_state(pbx, device)
            if self.known.get(device) is state:
                continue
            self.known[device] = state
            pbx.events.publish(DeviceStateChanged(device, state))
            if device.startswith(_TRANSIENT) and state is not DeviceState.INUSE:
                del self.known[device]

    def _told_elsewhere(self, event: DeviceStateChanged) -> None:
        """Also of states that are set by hand."""
        pbx = self._pbx
        if pbx is None or not pbx.events.wants(ExtensionStateChanged):
            return
        for context, extension, hint in self._hints_of(pbx, event.device):
            state = extension_state(pbx, hint)
            if self._told.get((context, extension)) is not state:
                self._told[context, extension] = state
                pbx.events.publish(ExtensionStateChanged(context, extension, hint, state))

    def _hints_of(self, pbx: Pbx, device: str) -> list[tuple[str, str, Hint]]:
        hints = pbx.dialplan.hints()
        if hints is not self._hints:  # the dialplan is another one
            self._hints = hints
            self._by_device, self._told = {}, {}
            for context, extension, text in hints:
                hint = parse_hint(text)
                for each in hint.devices:
                    found = self._by_device.setdefault(each.lower(), [])
                    found.append((context, extension, hint))
        return self._by_device.get(device.lower(), [])
