"""Answer(): accept the call.

Family: Calls
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


@dataclass(frozen=True, slots=True)
class AnswerOptions:
    """Option letters of Answer."""

    at_once: bool = option("i", "Do not wait for media; nobody waits for it here.")


@application("Answer")
async def answer(
    channel: Channel, delay: int = 0, options: AnswerOptions = AnswerOptions()
) -> None:
    """Answer the channel if it is not up.

    Args:
        channel: The channel.
        delay: Milliseconds to wait once it is up.
        options: Option letters.

    Examples:
        Answer()
        ; give the audio path half a second
        Answer(500)
    """
    await channel.answer()
    if delay > 0:
        await channel.sleep(delay / 1000)
