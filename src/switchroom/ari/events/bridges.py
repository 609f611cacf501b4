"""Bridges: there, gone, and who is in them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from switchroom.ari.hub import EventHub, Told, bridge_topics, channel_topics, told_as
from switchroom.ari.models.bridge_events import (
    BridgeAttendedTransfer,
    BridgeBlindTransfer,
    BridgeCreated,
    BridgeDestroyed,
)
from switchroom.ari.models.channel_events import ChannelEnteredBridge, ChannelLeftBridge
from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.events import AttendedTransferDone, TransferDone
from switchroom.pbx.events import BridgeCreated as BridgeBegan
from switchroom.pbx.events import BridgeDestroyed as BridgeEnded
from switchroom.pbx.events import ChannelEnteredBridge as Entered
from switchroom.pbx.events import ChannelLeftBridge as Left


@told_as(BridgeBegan)
def created(hub: EventHub, event: BridgeBegan) -> Iterator[Told]:
    """There is a bridge."""
    if bridge := hub.heard_bridge(event.bridge):
        yield bridge_topics(bridge.id), BridgeCreated(hub.now(), hub.view.bridge(bridge))


@told_as(BridgeEnded)
def destroyed(hub: EventHub, event: BridgeEnded) -> Iterator[Told]:
    """A bridge is over."""
    if bridge := hub.heard_bridge(event.bridge):
        yield bridge_topics(bridge.id), BridgeDestroyed(hub.now(), hub.view.bridge(bridge))


def _of_both(hub: EventHub, event: Entered | Left) -> tuple[str, ...]:
    channel = hub.pbx.channels.get(event.channel)
    return bridge_topics(event.bridge) + (channel_topics(channel) if channel is not None else ())


@told_as(Entered)
def entered(hub: EventHub, event: Entered) -> Iterator[Told]:
    """A channel is in a bridge."""
    topics = _of_both(hub, event)
    bridge = hub.pbx.datastore(Bridges).get(event.bridge)
    channel = hub.pbx.channels.get(event.channel)
    if bridge is not None and channel is not None and hub.is_heard(topics):
        models = hub.view.bridge(bridge), hub.view.channel(channel)
        yield topics, ChannelEnteredBridge(hub.now(), *models)


@told_as(Left)
def left(hub: EventHub, event: Left) -> Iterator[Told]:
    """A channel has left a bridge."""
    topics = _of_both(hub, event)
    bridge = hub.pbx.datastore(Bridges).get(event.bridge)
    channel = hub.pbx.channels.get(event.channel)
    if bridge is not None and channel is not None and hub.is_heard(topics):
        models = hub.view.bridge(bridge), hub.view.channel(channel)
        yield topics, ChannelLeftBridge(hub.now(), *models)


@told_as(TransferDone)
def blind_transfer(hub: EventHub, event: TransferDone) -> Iterator[Told]:
    """Somebody sent another one elsewhere."""
    channel = hub.pbx.channels.get(event.transferer)
    transferee = hub.pbx.channels.get(event.transferee)
    if channel is None:
        return
    topics = channel_topics(channel) + bridge_topics(event.bridge)
    if transferee is not None:
        topics += channel_topics(transferee)
    if hub.is_heard(topics):
        bridge = hub.pbx.datastore(Bridges).get(event.bridge)
        yield (
            topics,
            BridgeBlindTransfer(
                hub.now(),
                channel=hub.view.channel(channel),
                exten=event.extension,
                context=event.context,
                result="Success",
                is_external=event.is_external,
                transferee=hub.view.channel(transferee) if transferee is not None else UNSET,
                bridge=hub.view.bridge(bridge) if bridge is not None else UNSET,
            ),
        )


@told_as(AttendedTransferDone)
def attended_transfer(hub: EventHub, event: AttendedTransferDone) -> Iterator[Told]:
    """Somebody lets two others talk with one another."""
    channels = hub.pbx.channels
    first, second = event.transferers
    transferee, target = channels.get(event.transferee), channels.get(event.target)
    topics = bridge_topics(event.bridge)
    for each in (first, second, transferee, target):
        topics += channel_topics(each) if each is not None else ()
    if hub.is_heard(topics):
        view = hub.view
        yield (
            topics,
            BridgeAttendedTransfer(
                hub.now(),
                transferer_first_leg=view.channel(first),
                transferer_second_leg=view.channel(second),
                result="Success",
                is_external=False,
                destination_type="bridge",
                transferee=view.channel(transferee) if transferee is not None else UNSET,
                transfer_target=view.channel(target) if target is not None else UNSET,
                destination_bridge=event.bridge,
            ),
        )
