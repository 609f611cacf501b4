"""Channels: born, changed, gone; what they execute and what variables they get."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.caller_id import presentation_text
from switchroom.pbx.events import (
    AccountCodeChanged,
    CallerChanged,
    ChannelCreated,
    ChannelHungUp,
    ChannelStateChanged,
    ConnectedLineChanged,
    DigitReceived,
    DigitSent,
    HangupRequested,
    HoldChanged,
    NewExtension,
    UserEvent,
    VariableSet,
)
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.listening.talking import PartyFellSilent, PartyTalks
from switchroom.pbx.music.classes import MusicStarted, MusicStopped

NOBODY = [("Channel", "none"), ("Uniqueid", "none")]  #: where a global variable is set


@told_as(ChannelCreated, Privilege.CALL)
def created(view: Snapshots, event: ChannelCreated) -> Iterator[Told]:
    """A channel was born."""
    yield "Newchannel", view.named(event.channel)


@told_as(ChannelStateChanged, Privilege.CALL)
def state_changed(view: Snapshots, event: ChannelStateChanged) -> Iterator[Told]:
    """A channel went to another state."""
    yield "Newstate", view.named(event.channel)


@told_as(CallerChanged, Privilege.CALL)
def caller_changed(view: Snapshots, event: CallerChanged) -> Iterator[Told]:
    """A channel's party has another name or number."""
    channel = view.pbx.channels.get(event.channel)
    if channel is not None:
        presentation = channel.caller.presentation
        text = f"{presentation} ({presentation_text(presentation)})"
        yield "NewCallerid", [*view.channel(channel), ("CID-CallingPres", text)]


@told_as(ConnectedLineChanged, Privilege.CALL)
def connected_changed(view: Snapshots, event: ConnectedLineChanged) -> Iterator[Told]:
    """A channel is told another party."""
    yield "NewConnectedLine", view.named(event.channel)


@told_as(AccountCodeChanged, Privilege.CALL)
def account_changed(view: Snapshots, event: AccountCodeChanged) -> Iterator[Told]:
    """A channel is charged to another account."""
    yield "NewAccountCode", [*view.named(event.channel), ("OldAccountCode", event.before)]


@told_as(NewExtension, Privilege.DIALPLAN)
def executing(view: Snapshots, event: NewExtension) -> Iterator[Told]:
    """A channel executes something."""
    yield (
        "Newexten",
        [
            *view.named(event.channel),
            ("Extension", event.extension),
            ("Application", event.application),
            ("AppData", event.data),
        ],
    )


@told_as(VariableSet, Privilege.DIALPLAN)
def variable_set(view: Snapshots, event: VariableSet) -> Iterator[Told]:
    """A variable got a value."""
    headers = view.named(event.channel) or NOBODY
    yield "VarSet", [*headers, ("Variable", event.name), ("Value", event.value)]


@told_as(HangupRequested, Privilege.CALL)
def hangup_requested(view: Snapshots, event: HangupRequested) -> Iterator[Told]:
    """Somebody wants a channel to end."""
    name = "SoftHangupRequest" if event.is_soft else "HangupRequest"
    yield name, [*view.named(event.channel), ("Cause", str(event.cause))]


@told_as(ChannelHungUp, Privilege.CALL)
def hung_up(view: Snapshots, event: ChannelHungUp) -> Iterator[Told]:
    """A channel is gone."""
    text = HangupCause(event.cause).text
    yield (
        "Hangup",
        [*view.named(event.channel), ("Cause", str(event.cause)), ("Cause-txt", text)],
    )


@told_as(HoldChanged, Privilege.CALL)
def hold_changed(view: Snapshots, event: HoldChanged) -> Iterator[Told]:
    """A party put the call on hold, or took it up again."""
    yield "Hold" if event.is_held else "Unhold", view.named(event.channel)


def _digit(view: Snapshots, event: DigitReceived | DigitSent, direction: str) -> Iterator[Told]:
    headers = view.named(event.channel)
    milliseconds = str(round(event.duration * 1000))
    ends = [("Digit", event.digit), ("DurationMs", milliseconds), ("Direction", direction)]
    # A key is known when it is over: its beginning is told with its end.
    yield "DTMFBegin", [*headers, ends[0], ends[2]]
    yield "DTMFEnd", [*headers, *ends]


@told_as(DigitReceived, Privilege.DTMF)
def digit_received(view: Snapshots, event: DigitReceived) -> Iterator[Told]:
    """A party pressed a key."""
    return _digit(view, event, "Received")


@told_as(DigitSent, Privilege.DTMF)
def digit_sent(view: Snapshots, event: DigitSent) -> Iterator[Told]:
    """A key was sent to a party."""
    return _digit(view, event, "Sent")


@told_as(MusicStarted, Privilege.CALL)
def music_started(view: Snapshots, event: MusicStarted) -> Iterator[Told]:
    """A party hears music."""
    yield "MusicOnHoldStart", [*view.named(event.channel), ("Class", event.music_class)]


@told_as(MusicStopped, Privilege.CALL)
def music_stopped(view: Snapshots, event: MusicStopped) -> Iterator[Told]:
    """A party hears no more music."""
    yield "MusicOnHoldStop", view.named(event.channel)


@told_as(PartyTalks, Privilege.CALL)
def talks(view: Snapshots, event: PartyTalks) -> Iterator[Told]:
    """A party begins to talk (``TALK_DETECT``)."""
    yield "ChannelTalkingStart", view.named(event.channel)


@told_as(PartyFellSilent, Privilege.CALL)
def fell_silent(view: Snapshots, event: PartyFellSilent) -> Iterator[Told]:
    """A party talks no more."""
    milliseconds = str(round(event.duration * 1000))
    yield "ChannelTalkingStop", [*view.named(event.channel), ("Duration", milliseconds)]


@told_as(UserEvent, Privilege.USER)
def user_event(view: Snapshots, event: UserEvent) -> Iterator[Told]:
    """The dialplan tells something of its own."""
    pairs = [line.partition(":") for line in event.body]
    body = [(name.strip(), value.strip()) for name, _, value in pairs if name.strip()]
    yield "UserEvent", [*view.named(event.channel), ("UserEvent", event.name), *body]
