"""Answer(): accept the call.

Family: Calls
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


@application("Answer")
async def answer(channel: Channel, delay: int = 0) -> None:
    """Answer the channel if it is not up.

    Args:
        channel: The channel.
        delay: Milliseconds to wait once it is up.

    Examples:
        Answer()
        ; give the audio path half a second
        Answer(500)
    """
    await channel.answer()
    if delay > 0:
        await channel.sleep(delay / 1000)
