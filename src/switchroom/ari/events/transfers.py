"""Transfers that a phone asks for and a program carries out."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from switchroom.ari.hub import EventHub, Told, told_as
from switchroom.ari.models.bridges import Bridge
from switchroom.ari.models.channel_events import ChannelTransfer
from switchroom.ari.models.channels import Channel
from switchroom.ari.models.event_parts import (
    AdditionalParam,
    ReferredBy,
    ReferTo,
    RequiredDestination,
)
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel import Channel as CoreChannel
from switchroom.pbx.transfers.by_program import TransferWanted


@told_as(TransferWanted)
def wanted(hub: EventHub, event: TransferWanted) -> Iterator[Told]:
    """A party wants the call to go elsewhere."""
    found = hub.heard_channel(event.channel)
    if found is None:
        return
    channel, topics = found
    other = hub.pbx.channels.get(event.other)
    peer, bridge = _beside(hub, channel)
    other_peer, other_bridge = _beside(hub, other) if other is not None else (None, None)
    parameters = [AdditionalParam(name, value) for name, value in event.parameters]
    refer_to = ReferTo(
        RequiredDestination(
            protocol_id=event.call_id or UNSET,
            destination=event.destination,
            additional_protocol_params=parameters or UNSET,
        ),
        destination_channel=hub.view.channel(other) if other is not None else UNSET,
        connected_channel=other_peer or UNSET,
        bridge=other_bridge or UNSET,
    )
    referred_by = ReferredBy(
        hub.view.channel(channel), connected_channel=peer or UNSET, bridge=bridge or UNSET
    )
    yield topics, ChannelTransfer(hub.now(), refer_to, referred_by)


def _beside(hub: EventHub, channel: CoreChannel) -> tuple[Channel | None, Bridge | None]:
    """Whom a channel talks with, and where."""
    party = party_of(channel)
    if party is None or party.bridge is None:
        return None, None
    peer = hub.view.channel(party.peer.channel) if party.peer is not None else None
    return peer, hub.view.bridge(party.bridge)
