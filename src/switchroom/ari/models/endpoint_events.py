"""Events of endpoints, contacts, devices and messages."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from switchroom.ari.models.device_states import DeviceState
from switchroom.ari.models.endpoints import Endpoint, TextMessage
from switchroom.ari.models.event_parts import ContactInfo, Peer
from switchroom.ari.models.model import Event


class ContactStatusChange(Event):
    """A contact can be reached, or no more."""

    endpoint: Endpoint
    contact_info: ContactInfo


class DeviceStateChanged(Event):
    """A device is in another state."""

    device_state: DeviceState


class EndpointStateChange(Event):
    """An endpoint is there, or no more."""

    endpoint: Endpoint


class PeerStatusChange(Event):
    """A peer is there, or no more."""

    endpoint: Endpoint
    peer: Peer


class TextMessageReceived(Event):
    """A message came."""

    message: TextMessage
    endpoint: Endpoint | UnsetType = UNSET
