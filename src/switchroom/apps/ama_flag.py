"""SetAMAFlags(): what billing shall make of a call.

Family: Calls
"""

from __future__ import annotations

from switchroom.dialplan.assignment import assign
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


@application("SetAMAFlags")
def set_ama_flags(channel: Channel, flag: str = "") -> None:
    """Set the flag for billing; ``CHANNEL(amaflags)`` does the same.

    Args:
        channel: The channel.
        flag: ``omit``, ``billing``, ``documentation``, or their number.

    Examples:
        SetAMAFlags(billing)
        NoOp(${CDR(amaflags)})  ; => BILLING
    """
    assign(channel, "CHANNEL(amaflags)", flag)
