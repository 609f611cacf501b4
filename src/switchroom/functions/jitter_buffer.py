"""JITTERBUFFER: how what a party says is held back.

Family: Sounds and digits
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel

FIXED_SIZE = 200  #: milliseconds
TARGET_EXTRA = 40  #: milliseconds


@function("JITTERBUFFER", write=True)
async def set_jitter_buffer(channel: Channel, value: str, kind: str) -> None:
    """Hold back what this channel's party says, so that packets may come unevenly.

    Where audio is decoded here (recordings, conferences, other codecs on the other side) there is
    an adaptive buffer anyway. This makes packets wait that would be passed on as they come, for a
    party that has no good buffer itself.

    Args:
        channel: The channel.
        value: ``default``, or ``max_size,resync_threshold,target_extra`` in milliseconds. Of
            ``fixed`` the first counts (200), of ``adaptive`` the third (40).
        kind: ``fixed``, ``adaptive`` or ``disabled``.

    Examples:
        Set(JITTERBUFFER(adaptive)=default)
        Set(JITTERBUFFER(fixed)=120)
        Set(JITTERBUFFER(adaptive)=200,,60)
        Set(JITTERBUFFER(disabled)=)
    """
    words = [word.strip() for word in value.split(",")]
    numbers = [leading_int(word) if word else None for word in words] + [None, None, None]
    match kind.strip().lower():
        case "disabled":
            delay, is_fixed = None, False
        case "fixed":
            delay, is_fixed = (numbers[0] or FIXED_SIZE) / 1000, True
        case "adaptive":
            delay, is_fixed = (TARGET_EXTRA if numbers[2] is None else numbers[2]) / 1000, False
        case _:
            raise DialplanError(f"JITTERBUFFER: {kind!r} is neither fixed, adaptive nor disabled")
    (await channel.stream()).set_jitter_buffer(delay, fixed=is_fixed)
