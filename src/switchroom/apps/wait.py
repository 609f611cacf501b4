"""Wait(), WaitExten(): hold the dialplan still for a time, or for an extension."""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


@application("Wait")
async def wait(channel: Channel, seconds: float) -> None:
    """Pause this channel's dialplan; digits keyed meanwhile are dropped.

    Args:
        channel: The channel that runs the dialplan.
        seconds: How long, in seconds; a fraction is allowed.

    Raises:
        HangupError: The channel hung up while waiting.
    """
    await channel.sleep(seconds)


@application("WaitExten")
async def wait_exten(channel: Channel, seconds: float = 0.0, options: str = "") -> None:
    """Wait until an extension of this context is keyed, and go there.

    What is keyed and does not exist goes to ``i``, nothing keyed in time to ``t``.

    Args:
        channel: The channel.
        seconds: To wait for the first digit; 0: the response timeout.
        options: Accepted because dialplans have them.
    """
    dialplan = channel.pbx.dialplan
    number = await dialplan.collect(channel, "", seconds or channel.response_timeout)
    dialplan.go_to_collected(channel, number)
