"""Channels: born, changed, gone; what they execute, and what their parties do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from switchroom.ari.hub import EventHub, Told, channel_topics, told_as
from switchroom.ari.models.channel_events import (
    ChannelCallerId,
    ChannelConnectedLine,
    ChannelCreated,
    ChannelDestroyed,
    ChannelDialplan,
    ChannelDtmfReceived,
    ChannelHangupRequest,
    ChannelHold,
    ChannelStateChange,
    ChannelTalkingFinished,
    ChannelTalkingStarted,
    ChannelToneDetected,
    ChannelUnhold,
    ChannelUserevent,
    ChannelVarset,
    Dial,
)
from switchroom.pbx.caller_id import presentation_text
from switchroom.pbx.events import (
    CallerChanged,
    ChannelHungUp,
    ChannelStateChanged,
    ConnectedLineChanged,
    DialBegan,
    DialEnded,
    DialReported,
    DigitReceived,
    HangupRequested,
    HoldChanged,
    NewExtension,
    UserEvent,
    VariableSet,
)
from switchroom.pbx.events import ChannelCreated as ChannelBorn
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.listening.talking import PartyFellSilent, PartyTalks
from switchroom.pbx.listening.tone_watching import ToneDetected


@told_as(ChannelBorn)
def created(hub: EventHub, event: ChannelBorn) -> Iterator[Told]:
    """A channel was born."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        yield topics, ChannelCreated(hub.now(), hub.view.channel(channel))


@told_as(ChannelHungUp)
def destroyed(hub: EventHub, event: ChannelHungUp) -> Iterator[Told]:
    """A channel is gone."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        text = HangupCause(event.cause).text
        yield topics, ChannelDestroyed(hub.now(), event.cause, text, hub.view.channel(channel))


@told_as(ChannelStateChanged)
def state_changed(hub: EventHub, event: ChannelStateChanged) -> Iterator[Told]:
    """A channel went to another state."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        yield topics, ChannelStateChange(hub.now(), hub.view.channel(channel))


@told_as(CallerChanged)
def caller_changed(hub: EventHub, event: CallerChanged) -> Iterator[Told]:
    """A channel's party has another name or number."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        shown = channel.caller.presentation
        model = hub.view.channel(channel)
        yield topics, ChannelCallerId(hub.now(), shown, presentation_text(shown), model)


@told_as(ConnectedLineChanged)
def connected_changed(hub: EventHub, event: ConnectedLineChanged) -> Iterator[Told]:
    """A channel is told another party."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        yield topics, ChannelConnectedLine(hub.now(), hub.view.channel(channel))


@told_as(NewExtension)
def executing(hub: EventHub, event: NewExtension) -> Iterator[Told]:
    """A channel executes something."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        model = hub.view.channel(channel)
        yield topics, ChannelDialplan(hub.now(), model, event.application, event.data)


@told_as(VariableSet)
def variable_set(hub: EventHub, event: VariableSet) -> Iterator[Told]:
    """A variable got a value."""
    if event.unique_id == "none":  # a global one
        yield (), ChannelVarset(hub.now(), event.name, event.value)
    elif found := hub.heard_channel(event.channel):
        channel, topics = found
        model = hub.view.channel(channel)
        yield topics, ChannelVarset(hub.now(), event.name, event.value, model)


@told_as(DigitReceived)
def digit_received(hub: EventHub, event: DigitReceived) -> Iterator[Told]:
    """A party pressed a key."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        duration = round(event.duration * 1000)
        model = hub.view.channel(channel)
        yield topics, ChannelDtmfReceived(hub.now(), event.digit, duration, model)


@told_as(HangupRequested)
def hangup_requested(hub: EventHub, event: HangupRequested) -> Iterator[Told]:
    """Somebody wants a channel to end."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        model = hub.view.channel(channel)
        yield (
            topics,
            ChannelHangupRequest(
                hub.now(), model, cause=event.cause, soft=True if event.is_soft else UNSET
            ),
        )


@told_as(HoldChanged)
def hold_changed(hub: EventHub, event: HoldChanged) -> Iterator[Told]:
    """A party put the call on hold, or took it up again."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        model = hub.view.channel(channel)
        kind = ChannelHold if event.is_held else ChannelUnhold
        yield topics, kind(hub.now(), model)


@told_as(PartyTalks)
def talks(hub: EventHub, event: PartyTalks) -> Iterator[Told]:
    """A party begins to talk (``TALK_DETECT``)."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        yield topics, ChannelTalkingStarted(hub.now(), hub.view.channel(channel))


@told_as(PartyFellSilent)
def fell_silent(hub: EventHub, event: PartyFellSilent) -> Iterator[Told]:
    """A party talks no more."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        duration = round(event.duration * 1000)
        yield topics, ChannelTalkingFinished(hub.now(), hub.view.channel(channel), duration)


@told_as(ToneDetected)
def tone_detected(hub: EventHub, event: ToneDetected) -> Iterator[Told]:
    """A tone that somebody listens for came (``TONE_DETECT``)."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        yield topics, ChannelToneDetected(hub.now(), hub.view.channel(channel))


@told_as(UserEvent)
def user_event(hub: EventHub, event: UserEvent) -> Iterator[Told]:
    """The dialplan tells something of its own."""
    if found := hub.heard_channel(event.channel):
        channel, topics = found
        pairs = [line.partition(":") for line in event.body]
        body: dict[str, Any] = {"eventname": event.name}
        body |= {name.strip(): value.strip() for name, _, value in pairs if name.strip()}
        model = hub.view.channel(channel)
        yield topics, ChannelUserevent(hub.now(), event.name, body, model)


def _dial(
    hub: EventHub, event: DialBegan | DialReported | DialEnded, status: str
) -> Iterator[Told]:
    caller = hub.pbx.channels.get(event.caller)
    called = hub.pbx.channels.get(event.called)
    if called is None:
        return
    topics = channel_topics(called)
    if caller is not None:
        topics += channel_topics(caller)
    if not hub.is_heard(topics):
        return
    text = event.text if isinstance(event, DialBegan) else called.dialled_as
    yield (
        topics,
        Dial(
            hub.now(),
            hub.view.channel(called),
            status,
            caller=hub.view.channel(caller) if caller is not None else UNSET,
            forward="",
            dialstring=text,
        ),
    )


@told_as(DialBegan)
def dial_began(hub: EventHub, event: DialBegan) -> Iterator[Told]:
    """A channel is dialled."""
    return _dial(hub, event, "")


@told_as(DialReported)
def dial_reported(hub: EventHub, event: DialReported) -> Iterator[Told]:
    """A dialled channel rings, or is on its way."""
    return _dial(hub, event, event.status)


@told_as(DialEnded)
def dial_ended(hub: EventHub, event: DialEnded) -> Iterator[Told]:
    """What became of it."""
    return _dial(hub, event, event.status)
