"""Telling the bus what became of a channel, where its class does not do so itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchroom.pbx.events import (
    AccountCodeChanged,
    CallerChanged,
    ConnectedLineChanged,
    HangupRequested,
    PlaybackStarted,
)
from switchroom.pbx.hangup_cause import HangupCause

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel

#: Who wants a channel to end, as the original numbers them in SoftHangupRequest.
FROM_OUTSIDE = 32
END_OF_DIALPLAN = 16


class _Asked:
    """Of one channel: that somebody outside wants it to end is being told."""

    def __init__(self) -> None:
        self.is_told = False


def tell_hangup(channel: Channel, cause: int, *, is_soft: bool) -> None:
    """Somebody wants a channel to end; told once, where it is somebody outside of the call."""
    events = channel.pbx.events
    if events.wants(HangupRequested) and (is_soft or not channel.datastore(_Asked).is_told):
        events.publish(HangupRequested(channel.name, channel.unique_id, cause, is_soft))


def request_hangup(channel: Channel, cause: HangupCause = HangupCause.NOT_DEFINED) -> None:
    """Hang up, asked for by somebody outside of the call: the CLI, AMI, another application.

    Args:
        channel: Which.
        cause: Where who asks gives none there is none, but for who leaves a bridge. Recorded.
    """
    if not channel.is_hung_up:
        tell_hangup(channel, FROM_OUTSIDE, is_soft=True)
        asked = channel.datastore(_Asked)
        asked.is_told = True
        channel.hangup(cause)
        asked.is_told = False


def tell_end_of_dialplan(channel: Channel) -> None:
    """A channel's dialplan is over, and so is the channel."""
    if not channel.is_finished:
        tell_hangup(channel, END_OF_DIALPLAN, is_soft=True)


def tell_caller(channel: Channel) -> None:
    """A channel's party has another name or number."""
    events = channel.pbx.events
    if events.wants(CallerChanged):
        events.publish(CallerChanged(channel.name, channel.unique_id))


def tell_connected(channel: Channel) -> None:
    """A channel is told another party at its other end."""
    events = channel.pbx.events
    if events.wants(ConnectedLineChanged):
        events.publish(ConnectedLineChanged(channel.name, channel.unique_id))


def set_account(channel: Channel, account: str) -> None:
    """Charge a channel to an account."""
    before, channel.account_code = channel.account_code, account
    events = channel.pbx.events
    if before != account and events.wants(AccountCodeChanged):
        events.publish(AccountCodeChanged(channel.name, channel.unique_id, before))


@dataclass(frozen=True, slots=True)
class PlaybackOver:
    """A sound that was played on a channel is over."""

    channel: str
    unique_id: str
    sound: str
    language: str


def tell_playback(channel: Channel, sound: str, *, is_over: bool = False) -> None:
    """A sound begins to play on a channel, or is over."""
    kind = PlaybackOver if is_over else PlaybackStarted
    events = channel.pbx.events
    if events.wants(kind):
        events.publish(kind(channel.name, channel.unique_id, sound, channel.language))
