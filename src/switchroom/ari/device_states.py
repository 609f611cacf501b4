"""Devices whose state programs set: ``Stasis:name``, kept in the AstDB."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceKinds, DeviceState, parse_device_state

PREFIX = "Stasis:"
FAMILY = "StasisDeviceState"  #: of the AstDB


def know_devices(pbx: Pbx) -> None:
    """Let all who ask for a device's state find these."""
    pbx.datastore(DeviceKinds)["stasis"] = partial(own_state, pbx)


def own_state(pbx: Pbx, name: str) -> DeviceState:
    """The state of ``Stasis:name``."""
    return parse_device_state(pbx.astdb.get(FAMILY, name) or "")


def own_devices(pbx: Pbx) -> Sequence[str]:
    """Their names, without what stands in front."""
    return [key.removeprefix(f"/{FAMILY}/") for key in pbx.astdb.keys(FAMILY)]
