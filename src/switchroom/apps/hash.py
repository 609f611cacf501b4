"""ClearHash(): forget the values of a hash.

Family: Variables and data
"""

from __future__ import annotations

from switchroom.dialplan.hashes import clear_hash as forget
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


@application("ClearHash", goes_on=True)
def clear_hash(channel: Channel, name: str) -> None:
    """Forget all values of a hash.

    Args:
        channel: The channel.
        name: The hash.

    Examples:
        Set(HASH(price,apple)=3)
        ClearHash(price)
        NoOp(<${HASHKEYS(price)}>)  ; => <>
    """
    forget(channel, name)
