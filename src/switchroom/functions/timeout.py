"""TIMEOUT: how long a caller may wait, and how long a call may last.

Family: Flow of the dialplan
"""

from __future__ import annotations

import math

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_float
from switchroom.dialplan.absolute_timeout import AbsoluteTimeout
from switchroom.dialplan.numbers import MOST
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel


@function("TIMEOUT")
def timeout(channel: Channel, kind: str) -> str:
    """A time limit of this channel, in seconds.

    Args:
        channel: The channel.
        kind: ``digit``: between two digits; ``response``: before the first one; ``absolute``: until
            the call ends, 0 where it has no limit; then the channel goes to ``T``, or hangs up
            where there is none.

    Examples:
        Set(TIMEOUT(response)=15)
        NoOp(${TIMEOUT(response)})  ; => 15.000
        Set(TIMEOUT(digit)=2.5)
        NoOp(${TIMEOUT(digit)})  ; => 2.500

        exten => s,1,Set(TIMEOUT(absolute)=3600)
         same => n,Dial(PJSIP/100)
        exten => T,1,Playback(vm-goodbye)
         same => n,Hangup()
    """
    match kind[:1].lower():
        case "a":
            return _seconds_left(channel.datastore(AbsoluteTimeout).left)
        case "d":
            return f"{channel.digit_timeout:.3f}"
        case "r":
            return f"{channel.response_timeout:.3f}"
        case _:
            raise DialplanError(f"TIMEOUT: {kind!r} is neither absolute, digit nor response")


def _seconds_left(left: float) -> str:
    if left <= 0:
        return "0"
    # Only milliseconds that are wholly left count, and some time has passed since it was set.
    return f"{(math.ceil(left * 1000) - 1) / 1000:.3f}"


@function("TIMEOUT", write=True)
def set_timeout(channel: Channel, value: str, kind: str) -> None:
    """Set a time limit of this channel; the absolute one counts from now.

    Args:
        channel: The channel.
        value: Seconds; 0 takes the absolute limit away.
        kind: ``digit``: between two digits; ``response``: before the first one; ``absolute``: until
            the call ends, 0 where it has no limit; then the channel goes to ``T``, or hangs up
            where there is none.
    """
    seconds = max(0.0, min(leading_float(value) or 0.0, MOST))
    match kind[:1].lower():
        case "a":
            channel.datastore(AbsoluteTimeout).set(channel, seconds)
        case "d":
            channel.digit_timeout = seconds
        case "r":
            channel.response_timeout = seconds
        case _:
            raise DialplanError(f"TIMEOUT: {kind!r} is neither absolute, digit nor response")
