"""Models of device states."""

from __future__ import annotations

from switchroom.ari.models.model import Model


class DeviceState(Model):
    """A device and its state."""

    name: str
    state: str
