"""Events of bridges."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from switchroom.ari.models.bridges import Bridge
from switchroom.ari.models.channels import Channel
from switchroom.ari.models.model import Event


class BridgeAttendedTransfer(Event):
    """Somebody lets two others talk with one another."""

    transferer_first_leg: Channel
    transferer_second_leg: Channel
    result: str
    is_external: bool
    destination_type: str
    replace_channel: Channel | UnsetType = UNSET
    transferee: Channel | UnsetType = UNSET
    transfer_target: Channel | UnsetType = UNSET
    transferer_first_leg_bridge: Bridge | UnsetType = UNSET
    transferer_second_leg_bridge: Bridge | UnsetType = UNSET
    destination_bridge: str | UnsetType = UNSET
    destination_application: str | UnsetType = UNSET
    destination_link_first_leg: Channel | UnsetType = UNSET
    destination_link_second_leg: Channel | UnsetType = UNSET
    destination_threeway_channel: Channel | UnsetType = UNSET
    destination_threeway_bridge: Bridge | UnsetType = UNSET


class BridgeBlindTransfer(Event):
    """Somebody sends another one elsewhere."""

    channel: Channel
    exten: str
    context: str
    result: str
    is_external: bool
    replace_channel: Channel | UnsetType = UNSET
    transferee: Channel | UnsetType = UNSET
    bridge: Bridge | UnsetType = UNSET


class BridgeCreated(Event):
    """There is a new bridge."""

    bridge: Bridge


class BridgeDestroyed(Event):
    """A bridge is over."""

    bridge: Bridge


class BridgeMerged(Event):
    """Two bridges became one."""

    bridge: Bridge
    bridge_from: Bridge


class BridgeVideoSourceChanged(Event):
    """All see another one."""

    bridge: Bridge
    old_video_source_id: str | UnsetType = UNSET
