"""RaiseException(): go to the context's ``e`` extension.

Family: Flow of the dialplan
"""

from __future__ import annotations

from switchroom.dialplan.exceptions import raise_exception as note_and_go
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


@application("RaiseException")
def raise_exception(channel: Channel, reason: Rest) -> None:
    """Go to the ``e`` extension, which asks EXCEPTION() why.

    Args:
        channel: The channel.
        reason: What ``EXCEPTION(reason)`` reads there.

    Examples:
        exten => s,1,RaiseException(no trunk)
        exten => e,1,NoOp(${EXCEPTION(reason)})  ; => no trunk
    """
    note_and_go(channel, reason)
