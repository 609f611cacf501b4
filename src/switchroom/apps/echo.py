"""Echo(), StreamEcho(): let callers hear themselves.

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


@application("StreamEcho")
async def stream_echo(channel: Channel, num: int = 0, type: str = "audio") -> None:  # noqa: A002  # its name in the help
    """Send back what the party says, until it keys ``#``, as Echo() does.

    Args:
        channel: The channel.
        num: How many streams get it; here a call has one of audio.
        type: Of those streams.

    Examples:
        Answer()
        StreamEcho(4)
    """
    await echo(channel)
