"""WaitForTone().

Family: Flow of the dialplan
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.base.text import leading_float
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.media.api import TonePlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.listening.tone_watching import parse_frequency
from switchroom.pbx.listening.tone_watching import wait_for_tone as wait


@dataclass(frozen=True, slots=True)
class ToneOptions:
    """How it is listened for."""

    decibels: str = option("d", "How much louder than all else the tone must be.", default="16")
    squelch: bool = option("s", "Accepted; the tone is heard by who is connected all the same.")


@application("WaitForTone")
async def wait_for_tone(
    channel: Channel,
    freq: str,
    duration_ms: float = 500,
    seconds: float = 0.0,
    times: int = 1,
    options: ToneOptions = ToneOptions(),
) -> None:
    """Wait until a tone of one frequency comes from the caller.

    Args:
        channel: The channel.
        freq: Hertz; 20 more or less count as well.
        duration_ms: Milliseconds that it must last.
        seconds: After so many seconds it is given up; 0: never.
        times: How often it must come.
        options: Option letters.

    Variables:
        WAITFORTONESTATUS: SUCCESS, ERROR, TIMEOUT, or HANGUP.

    Examples:
        ; a machine that says by 1,000 Hz that it records
        Answer()
        WaitForTone(1000,300,20)
        ExecIf($["${WAITFORTONESTATUS}" = "SUCCESS"]?Playback(hello-world))
    """
    channel.set_variable("WAITFORTONESTATUS", "ERROR")
    decibels = leading_float(options.decibels)
    plan = TonePlan(
        parse_frequency(freq, "WaitForTone"),
        duration=max(duration_ms, 0) / 1000,
        decibels=16 if decibels is None else decibels,
    )
    status = "HANGUP"
    try:
        found = await wait(channel, plan, times=max(1, times), within=seconds or None)
        status = "SUCCESS" if found else "TIMEOUT"
    finally:
        channel.set_variable("WAITFORTONESTATUS", status)
