"""Ringing(), Progress(), Proceeding(), Busy(), Congestion(): tell the caller without answering.

Family: Calls
"""

from __future__ import annotations

import asyncio
import math

from switchroom.base.text import leading_float
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.signal_tones import play_indication
from switchroom.pbx.technology import Indication


@application("Ringing")
async def ringing(channel: Channel) -> None:
    """Let the caller hear ringing; the dialplan goes on.

    Examples:
        Ringing()
        Wait(3)
        Answer()
    """
    await _tell(channel, Indication.RINGING)


@application("Progress")
async def progress(channel: Channel) -> None:
    """Open early media to the caller; the dialplan goes on.

    Examples:
        ; told without answering: nobody pays for it
        Progress()
        Playback(vm-nobodyavail,noanswer)
        Hangup()
    """
    await channel.indicate(Indication.PROGRESS)


@application("Proceeding")
async def proceeding(channel: Channel) -> None:
    """Tell the caller that the call is on its way; the dialplan goes on.

    Examples:
        Proceeding()
        Dial(PJSIP/100,20)
    """
    await channel.indicate(Indication.PROCEEDING)


async def _tell(channel: Channel, indication: Indication) -> None:
    """By signalling; who is answered already hears the tone of it."""
    await channel.indicate(indication)
    if channel.state is ChannelState.UP:
        await play_indication(channel, indication)


async def _end(channel: Channel, indication: Indication, cause: HangupCause, seconds: str) -> None:
    await _tell(channel, indication)
    if channel.state is ChannelState.UP:  # Asterisk: who is answered only hears it (22)
        cause = HangupCause.NOT_DEFINED
    else:
        channel.hangup_cause = cause  # whoever hangs up first, this is why
        channel.set_state(ChannelState.BUSY)
    limit = leading_float(seconds)
    if limit is not None and math.isfinite(limit):
        await channel.sleep(limit)
    else:
        await asyncio.Event().wait()  # until the caller hangs up
    channel.hangup(cause)


@application("Busy")
async def busy(channel: Channel, seconds: str = "") -> None:
    """Tell the caller that the line is busy, and hang up.

    Args:
        channel: The channel.
        seconds: To wait before; empty: until the caller hangs up.

    Examples:
        Busy(10)
    """
    await _end(channel, Indication.BUSY, HangupCause.USER_BUSY, seconds)


@application("Congestion")
async def congestion(channel: Channel, seconds: str = "") -> None:
    """Tell the caller that there is no way through, and hang up.

    Args:
        channel: The channel.
        seconds: To wait before; empty: until the caller hangs up.

    Examples:
        Congestion(10)
    """
    await _end(channel, Indication.CONGESTION, HangupCause.NORMAL_CIRCUIT_CONGESTION, seconds)
