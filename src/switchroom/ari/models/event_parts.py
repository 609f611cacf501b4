"""What events are made of, besides the models of resources."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from switchroom.ari.models.bridges import Bridge
from switchroom.ari.models.channels import Channel
from switchroom.ari.models.model import Model


class AdditionalParam(Model):
    """A parameter of the technology."""

    parameter_name: str
    parameter_value: str


class RequiredDestination(Model):
    """The destination as the technology names it."""

    protocol_id: str | UnsetType = UNSET
    destination: str | UnsetType = UNSET
    additional_protocol_params: list[AdditionalParam] | UnsetType = UNSET


class ReferTo(Model):
    """Where a call is to go."""

    requested_destination: RequiredDestination
    destination_channel: Channel | UnsetType = UNSET
    connected_channel: Channel | UnsetType = UNSET
    bridge: Bridge | UnsetType = UNSET


class ReferredBy(Model):
    """Who wants that."""

    source_channel: Channel
    connected_channel: Channel | UnsetType = UNSET
    bridge: Bridge | UnsetType = UNSET


class ContactInfo(Model):
    """Where an endpoint is reached."""

    uri: str
    contact_status: str  #: Unreachable, Reachable, Unknown, NonQualified, Removed
    aor: str
    roundtrip_usec: str | UnsetType = UNSET


class Peer(Model):
    """An endpoint as a peer."""

    peer_status: str
    cause: str | UnsetType = UNSET
    address: str | UnsetType = UNSET
    port: str | UnsetType = UNSET
    time: str | UnsetType = UNSET
