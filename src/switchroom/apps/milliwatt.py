"""Milliwatt(): the tone that lines are measured with.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.signal_tones import play_tones, stop_tones


@dataclass(frozen=True, slots=True)
class MilliwattOptions:
    """Option letters of Milliwatt."""

    interrupted: bool = option("m", "A second of silence, then nine of the tone, over and over.")
    old: bool = option("o", "1,000 Hz instead of 1,004.")


@application("Milliwatt")
async def milliwatt(channel: Channel, options: MilliwattOptions = MilliwattOptions()) -> None:
    """Let the caller hear a tone of one milliwatt (0 dBm0) until he hangs up; answers first.

    Args:
        channel: The channel.
        options: Option letters.

    Examples:
        Milliwatt(m)
    """
    await channel.answer()
    hz = 1000 if options.old else 1004
    await play_tones(channel, f"0/1000,{hz}@0/9000" if options.interrupted else f"{hz}@0/1000")
    try:
        await asyncio.Event().wait()  # until the caller hangs up
    finally:
        stop_tones(channel)
