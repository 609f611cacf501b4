"""States of devices: of all, and those that programs set: ``Stasis:name``."""

from __future__ import annotations

from switchroom.ari.context import Request
from switchroom.ari.device_states import FAMILY, PREFIX, own_devices, own_state
from switchroom.ari.errors import AriError
from switchroom.ari.models.device_states import DeviceState
from switchroom.ari.registry import operation
from switchroom.pbx.states.device_state import DeviceState as CoreState
from switchroom.pbx.states.device_state import DeviceStateChanged, device_state

MAX_NAME = 200  #: letters


@operation("GET", "/deviceStates", "list")
def list_states(ari: Request) -> list[DeviceState]:
    """List the devices that programs set.

    Args:
        ari: The request.
    """
    return [
        DeviceState(name=f"{PREFIX}{name}", state=own_state(ari.pbx, name))
        for name in own_devices(ari.pbx)
    ]


@operation("GET", "/deviceStates/{deviceName}", "get")
def get(ari: Request, device_name: str) -> DeviceState:
    """Tell the state of a device, whoever sets it.

    Args:
        ari: The request.
        device_name: Of the device: ``PJSIP/alice``, ``Stasis:door``.
    """
    return DeviceState(name=device_name, state=device_state(ari.pbx, device_name))


def _own(name: str) -> str:
    if not name.startswith(PREFIX) or not name.isprintable():
        raise AriError(409, "Uncontrolled device specified")
    if not name > PREFIX or len(name) > MAX_NAME:
        raise AriError(404, "Device name is missing")
    return name.removeprefix(PREFIX)


@operation("PUT", "/deviceStates/{deviceName}", "update", errors=(404, 409))
async def update(ari: Request, device_name: str, device_state: str) -> None:
    """Set the state of a device ``Stasis:name``; it is kept over a restart.

    Args:
        ari: The request.
        device_name: Of the device.
        device_state: ``NOT_INUSE``, ``INUSE``, ``BUSY``, ``INVALID``, ``UNAVAILABLE``,
            ``RINGING``, ``RINGINUSE``, ``ONHOLD`` or ``UNKNOWN``.
    """
    name = _own(device_name)
    try:
        state = CoreState(device_state.upper())
    except ValueError as error:
        raise AriError(400, "Invalid device state") from error
    before = own_state(ari.pbx, name)
    await ari.pbx.astdb.put(FAMILY, name, state)
    _tell(ari, device_name, before, state)


@operation("DELETE", "/deviceStates/{deviceName}", "delete", errors=(404, 409))
async def delete(ari: Request, device_name: str) -> None:
    """Forget a device ``Stasis:name``.

    Args:
        ari: The request.
        device_name: Of the device.
    """
    name = _own(device_name)
    before = own_state(ari.pbx, name)
    if ari.pbx.astdb.get(FAMILY, name) is None:
        raise AriError(404, "Device not found")
    await ari.pbx.astdb.delete(FAMILY, name)
    _tell(ari, device_name, before, CoreState.UNKNOWN)


def _tell(ari: Request, device: str, before: CoreState, state: CoreState) -> None:
    events = ari.pbx.events
    if state is not before and events.wants(DeviceStateChanged):
        events.publish(DeviceStateChanged(device, state))
