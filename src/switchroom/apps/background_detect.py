"""BackgroundDetect(): play until the caller talks, or keys an extension.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
import math

from switchroom.apps.prompts import Played, go_to_keyed, play_prompts
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import ALL_DIGITS, Channel, ChannelState
from switchroom.pbx.listening.talking import TalkWatch

TALK_EXTENSION = "talk"


@application("BackgroundDetect")
async def background_detect(  # the arguments that the dialplan has
    channel: Channel,
    filename: str,
    sil: float = 1000,
    min: float = 100,  # noqa: A002  # its name in the help
    max: float = math.inf,  # noqa: A002  # its name in the help
    analysistime: float = math.inf,
) -> None:
    """Play sounds; when the caller says something meanwhile and is silent again, go to ``talk``.

    Answers first. A digit that is an extension ends it too, and is gone to.

    Args:
        channel: The channel.
        filename: Sounds joined by ``&``.
        sil: Milliseconds of silence behind what was said.
        min: Milliseconds that it has to last at least.
        max: Milliseconds that it may last at most.
        analysistime: Milliseconds after which it is not listened to any more.

    Variables:
        TALK_DETECTED: Milliseconds that the caller talked; 0 where he did not.

    Examples:
        exten => s,1,BackgroundDetect(demo-instruct)
         same => n,Hangup()
        exten => talk,1,Playback(thank-you-for-calling)
    """
    if channel.state is not ChannelState.UP:
        await channel.answer()
    channel.set_variable("TALK_DETECTED", "0")
    played = Played("", missing=False)
    names = [name.strip() for name in filename.split("&") if name.strip()]
    stream = await channel.stream()
    until = asyncio.get_running_loop().time() + analysistime / 1000
    talked = 0.0

    def fell_silent(seconds: float) -> None:
        nonlocal talked
        if min <= 1000 * seconds <= max and asyncio.get_running_loop().time() < until:
            talked = seconds
            stream.stop_playback()

    async with TalkWatch(channel, pause=sil / 1000, on_silence=fell_silent):
        for name in names:
            played = await play_prompts(channel, [name], "BackgroundDetect", interrupt=ALL_DIGITS)
            if talked or played.digit:
                break
    if talked:
        channel.set_variable("TALK_DETECTED", str(round(1000 * talked)))
        channel.goto(channel.context, TALK_EXTENSION, 1)
    elif played.digit:
        await go_to_keyed(channel, played.digit)
