"""How the core's own events are told as channel events (CEL)."""

from __future__ import annotations

from switchroom.pbx.bridging.bridge import Bridges
from switchroom.pbx.events import (
    AttendedTransferDone,
    ChannelCreated,
    ChannelEnteredBridge,
    ChannelLeftBridge,
    ChannelStateChanged,
    DigitReceived,
    LocalBeingLeftOut,
    LocalLeftOut,
    PickedUp,
    PlaybackStarted,
    TransferDone,
)
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cel import CelFact, CelUserEvent, cel_event, names_of
from switchroom.pbx.telling import PlaybackOver
from switchroom.pbx.transfers.forwarding import CallForwarded
from switchroom.storage.cel_record import CelType


def _unique_id(pbx: Pbx, name: str) -> str:
    channel = pbx.channels.get(name)
    return channel.unique_id if channel is not None else ""


@cel_event(ChannelCreated, CelType.CHAN_START)
def started(pbx: Pbx, event: ChannelCreated) -> CelFact:
    """A channel was born."""
    return CelFact(event.channel)


@cel_event(ChannelStateChanged, CelType.ANSWER)
def answered(pbx: Pbx, event: ChannelStateChanged) -> CelFact | None:
    """A channel is up."""
    return CelFact(event.channel) if event.state == "Up" else None


def _bridged(pbx: Pbx, channel: str, bridge_id: str) -> CelFact:
    bridge = pbx.datastore(Bridges).get(bridge_id)
    if bridge is None:
        return CelFact(channel, extra={"bridge_id": bridge_id})
    return CelFact(
        channel,
        names_of((each.channel for each in bridge.parties), without=channel),
        {"bridge_id": bridge_id, "bridge_technology": bridge.technology},
    )


@cel_event(ChannelEnteredBridge, CelType.BRIDGE_ENTER)
def entered(pbx: Pbx, event: ChannelEnteredBridge) -> CelFact:
    """A channel hears others."""
    return _bridged(pbx, event.channel, event.bridge)


@cel_event(ChannelLeftBridge, CelType.BRIDGE_EXIT)
def left(pbx: Pbx, event: ChannelLeftBridge) -> CelFact:
    """A channel hears them no more."""
    return _bridged(pbx, event.channel, event.bridge)


@cel_event(TransferDone, CelType.BLINDTRANSFER)
def sent_away(pbx: Pbx, event: TransferDone) -> CelFact:
    """Somebody sent another one elsewhere."""
    return CelFact(
        event.transferer,
        event.transferee,
        {
            "extension": event.extension,
            "context": event.context,
            "bridge_id": event.bridge,
            "transferee_channel_name": event.transferee,
            "transferee_channel_uniqueid": _unique_id(pbx, event.transferee),
        },
    )


@cel_event(AttendedTransferDone, CelType.ATTENDEDTRANSFER)
def handed_over(pbx: Pbx, event: AttendedTransferDone) -> CelFact:
    """Somebody lets the two talk whom it talked with."""
    return CelFact(
        event.first,
        "",
        {
            "bridge1_id": event.bridge,
            "channel2_name": event.second,
            "channel2_uniqueid": _unique_id(pbx, event.second),
            "bridge2_id": event.bridge,
            "transferee_channel_name": event.transferee,
            "transferee_channel_uniqueid": _unique_id(pbx, event.transferee),
            "transfer_target_channel_name": event.target,
            "transfer_target_channel_uniqueid": _unique_id(pbx, event.target),
        },
    )


@cel_event(PickedUp, CelType.PICKUP)
def picked_up(pbx: Pbx, event: PickedUp) -> CelFact:
    """A channel answers for one that rings."""
    return CelFact(
        event.target,
        "",
        {
            "pickup_channel": event.channel,
            "pickup_channel_uniqueid": _unique_id(pbx, event.channel),
        },
    )


@cel_event(CallForwarded, CelType.FORWARD)
def forwarded(pbx: Pbx, event: CallForwarded) -> CelFact:
    """A dialled party sends the call elsewhere."""
    return CelFact(event.caller or event.channel, "", {"forward": event.resource})


def _left_out(pbx: Pbx, event: LocalBeingLeftOut | LocalLeftOut) -> CelFact:
    extra = {"local_two": event.two, "local_two_uniqueid": _unique_id(pbx, event.two)}
    return CelFact(event.one, "", extra)


@cel_event(LocalBeingLeftOut, CelType.LOCAL_OPTIMIZE_BEGIN)
def begins_to_be_left_out(pbx: Pbx, event: LocalBeingLeftOut) -> CelFact:
    """A Local channel is about to be left out; here that takes no time."""
    return _left_out(pbx, event)


@cel_event(LocalLeftOut, CelType.LOCAL_OPTIMIZE)
def left_out(pbx: Pbx, event: LocalLeftOut) -> CelFact:
    """Others hear each other without a Local channel."""
    return _left_out(pbx, event)


@cel_event(PlaybackStarted, CelType.STREAM_BEGIN)
def sound_began(pbx: Pbx, event: PlaybackStarted) -> CelFact:
    """A sound is played."""
    return CelFact(event.channel, "", {"sound": event.sound, "language": event.language})


@cel_event(PlaybackOver, CelType.STREAM_END)
def sound_ended(pbx: Pbx, event: PlaybackOver) -> CelFact:
    """It is over."""
    return CelFact(event.channel, "", {"sound": event.sound, "language": event.language})


@cel_event(DigitReceived, CelType.DTMF)
def keyed(pbx: Pbx, event: DigitReceived) -> CelFact:
    """A key was pressed."""
    milliseconds = round(event.duration * 1000)
    return CelFact(event.channel, "", {"digit": event.digit, "duration_ms": milliseconds})


@cel_event(CelUserEvent, CelType.USER_DEFINED)
def told_by_dialplan(pbx: Pbx, event: CelUserEvent) -> CelFact:
    """The dialplan tells something of its own."""
    return CelFact(event.channel, "", {"extra": event.text}, user_event=event.name)
