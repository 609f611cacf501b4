"""WaitForSilence() and WaitForNoise().

Family: Flow of the dialplan
"""

from __future__ import annotations

import asyncio

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.listening.talking import TalkWatch

LONGEST_WAIT = 10 * 24 * 3600.0  #: seconds that "without a timeout" lasts


async def _wait(
    channel: Channel, required_ms: float, iterations: int, seconds: float, *, talking: bool
) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + (seconds if seconds > 0 else LONGEST_WAIT)
    status = "HANGUP"
    try:
        async with TalkWatch(channel) as watch:
            for _ in range(max(1, iterations)):
                if not await watch.stays(talking=talking, seconds=required_ms / 1000, until=until):
                    status = "TIMEOUT"
                    return
            status = "NOISE" if talking else "SILENCE"
    finally:
        channel.set_variable("WAITSTATUS", status)


@application("WaitForSilence")
async def wait_for_silence(
    channel: Channel, silencerequired: float = 1000, iterations: int = 1, seconds: float = 0.0
) -> None:
    """Wait until the caller is silent, as before a message is left on an answering machine.

    Args:
        channel: The channel.
        silencerequired: Milliseconds of silence.
        iterations: How many such silences, one behind the other.
        seconds: After so many it is given up; 0: never.

    Variables:
        WAITSTATUS: SILENCE, TIMEOUT, or HANGUP.

    Examples:
        Answer()
        WaitForSilence(2000,1,30)
        Playback(hello-world)
    """
    await _wait(channel, silencerequired, iterations, seconds, talking=False)


@application("WaitForNoise")
async def wait_for_noise(
    channel: Channel, noiserequired: float = 1000, iterations: int = 1, seconds: float = 0.0
) -> None:
    """Wait until something is heard of the caller.

    Args:
        channel: The channel.
        noiserequired: Milliseconds of noise, in one go.
        iterations: How many such noises, one behind the other.
        seconds: After so many it is given up; 0: never.

    Variables:
        WAITSTATUS: NOISE, TIMEOUT, or HANGUP.

    Examples:
        Answer()
        WaitForNoise(100,1,10)
        ExecIf($["${WAITSTATUS}" = "NOISE"]?Playback(hello-world))
    """
    await _wait(channel, noiserequired, iterations, seconds, talking=True)
