"""NoOp(): do nothing, visibly.

Family: Programs and logs
"""

from __future__ import annotations

from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


@application("NoOp")
def noop(channel: Channel, text: Rest = "") -> None:
    """Do nothing; the text shows up in traces.

    Args:
        channel: The channel.
        text: Anything, substituted first.

    Examples:
        Set(x=3)
        NoOp(x is ${x})  ; => x is 3
    """
