"""WaitForRing().

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


@application("WaitForRing")
async def wait_for_ring(channel: Channel, timeout: float) -> None:  # noqa: ASYNC109  # the dialplan's own argument
    """Let a call ring for some seconds before the dialplan goes on.

    It is made for analogue lines, where the dialplan has to go on between two rings. Calls over IP
    come without rings that could be counted: it waits for so long, and answers nothing.

    Args:
        channel: The channel.
        timeout: Seconds.

    Examples:
        WaitForRing(4)
        Answer()
    """
    await channel.sleep(max(timeout, 0.0))
