"""LOG_GROUP: which calls a message belongs to.

Family: Channels and calls
"""

from __future__ import annotations

from switchroom.dialplan.log_group import LogGroup
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel


@function("LOG_GROUP", write=True)
def set_log_group(channel: Channel, value: str) -> None:
    """Put the messages of this channel's Verbose() and Log() into a group; nothing: into none.

    Args:
        channel: The channel.
        value: The group's name, which stands in brackets before the messages.

    Examples:
        Set(LOG_GROUP()=order ${RAND(1000,9999)})
        Verbose(1,this message belongs to the order)
    """
    channel.datastore(LogGroup).name = value.strip()
