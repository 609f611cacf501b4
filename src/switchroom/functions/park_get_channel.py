"""PARK_GET_CHANNEL: who stands in a parking space.

Family: Channels and calls
"""

from __future__ import annotations

from switchroom.base.text import leading_int
from switchroom.dialplan.registry import function
from switchroom.parking.lots import find_lot
from switchroom.pbx.channel import Channel


@function("PARK_GET_CHANNEL")
def park_get_channel(channel: Channel, parking_space: str, parking_lot: str) -> str:
    """The name of the channel that stands in a parking space; nothing where it is free.

    Args:
        channel: The channel.
        parking_space: The space.
        parking_lot: The lot.

    Examples:
        exten => 1,1,NoOp(${PARK_GET_CHANNEL(701,default)})
    """
    lot = find_lot(channel, parking_lot)
    parked = None if lot is None else lot.calls.get(leading_int(parking_space) or -1)
    return "" if parked is None else parked.call.channel.name
