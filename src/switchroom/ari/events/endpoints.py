"""Endpoints, contacts, devices and text messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from msgspec import UNSET

from switchroom.ari.hub import EventHub, Told, told_as
from switchroom.ari.models.device_states import DeviceState
from switchroom.ari.models.endpoint_events import (
    ContactStatusChange,
    DeviceStateChanged,
    EndpointStateChange,
    PeerStatusChange,
    TextMessageReceived,
)
from switchroom.ari.models.endpoints import TextMessage
from switchroom.ari.models.event_parts import ContactInfo, Peer
from switchroom.pbx.events import ContactChanged
from switchroom.pbx.states.device_state import DeviceStateChanged as StateChanged
from switchroom.pbx.text_message import TextMessageArrived

#: What the bus calls otherwise.
_CONTACT: Mapping[str, str] = MappingProxyType({"Created": "NonQualified", "Updated": "Unknown"})
_PEER: Mapping[str, str] = MappingProxyType(
    {"Created": "Reachable", "Reachable": "Reachable", "Unreachable": "Unreachable",
     "Removed": "Unreachable"}
)  # fmt: skip


def endpoint_topics(technology: str, resource: str) -> tuple[str, ...]:
    """What one has to hear of to hear of an endpoint."""
    return (f"endpoint:{technology}/{resource}", f"endpoint:{technology}", "endpoint:")


@told_as(StateChanged)
def device_changed(hub: EventHub, event: StateChanged) -> Iterator[Told]:
    """A device went to another state."""
    topics = (f"deviceState:{event.device}", "deviceState:")
    if hub.is_heard(topics):
        model = DeviceState(name=event.device, state=event.state)
        yield topics, DeviceStateChanged(hub.now(), model)


@told_as(ContactChanged)
def contact_changed(hub: EventHub, event: ContactChanged) -> Iterator[Told]:
    """A contact came, went, or can be reached or not any more."""
    topics = endpoint_topics(event.technology, event.endpoint)
    if not hub.is_heard(topics):
        return
    endpoint = hub.view.endpoint(event.technology, event.endpoint)
    trip = event.round_trip
    contact = ContactInfo(
        uri=event.uri,
        contact_status=_CONTACT.get(event.status, event.status),
        aor=event.aor,
        roundtrip_usec=str(round(trip * 1_000_000)) if trip is not None else UNSET,
    )
    yield topics, ContactStatusChange(hub.now(), endpoint, contact)
    status = _PEER.get(event.status)
    if status is not None:
        yield topics, PeerStatusChange(hub.now(), endpoint, Peer(peer_status=status))
        yield topics, EndpointStateChange(hub.now(), endpoint)


@told_as(TextMessageArrived)
def message_arrived(hub: EventHub, event: TextMessageArrived) -> Iterator[Told]:
    """An endpoint sent a text message."""
    topics = endpoint_topics(event.technology, event.endpoint)
    if hub.is_heard(topics):
        message = TextMessage(
            from_=event.sender, to=event.to, body=event.body, variables=dict(event.headers)
        )
        endpoint = hub.view.endpoint(event.technology, event.endpoint)
        yield topics, TextMessageReceived(hub.now(), message, endpoint)
