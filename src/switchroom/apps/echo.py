"""Echo(): let callers hear themselves.

Family: Sounds and digits
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel

_NEXT_LOOK = 3600.0  #: seconds; whatever is not # is passed over


@application("Echo")
async def echo(channel: Channel) -> None:
    """Send back what the party says, until it keys ``#``.

    Does not answer.

    Examples:
        Answer()
        Playback(demo-echotest)
        Echo()
    """
    stream = await channel.stream()
    stream.set_echo(enabled=True)
    try:
        while await channel.read_digit(_NEXT_LOOK) != "#":
            pass
    finally:
        stream.set_echo(enabled=False)
