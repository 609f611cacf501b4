"""SendDTMF(): key digits.

Family: Sounds and digits
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.base.text import leading_int
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import ALL_DIGITS, Channel

_PAUSES = {"w": 0.5, "W": 1.0}  #: seconds


@dataclass(frozen=True, slots=True)
class SendDtmfOptions:
    """Option letters of SendDTMF."""

    answers: bool = option("a", "Answer the channel first whose party gets the digits.")


NO_OPTIONS = SendDtmfOptions()


@application("SendDTMF", goes_on=True)
async def send_dtmf(
    channel: Channel,
    digits: str,
    gap: str = "",
    duration: str = "",
    other: str = "",
    options: SendDtmfOptions = NO_OPTIONS,
) -> None:
    """Send digits to the channel's party.

    Args:
        channel: The channel.
        digits: ``0-9 * # A-D``; ``w`` waits half a second, ``W`` a second.
        gap: Milliseconds between digits; 250 when empty.
        duration: Milliseconds of a digit; 100 when empty.
        other: Another channel's name; its party gets the digits then.
        options: Option letters.

    Examples:
        ; two seconds for the other side's menu, then 3 and #
        SendDTMF(WW3#)
        SendDTMF(0815,100,200)
    """
    target = channel.pbx.channels.get(other, channel) if other else channel
    if options.answers:
        await target.answer()
    between = (leading_int(gap) or 250) / 1000
    long = (leading_int(duration) or 100) / 1000
    for digit in digits:
        if digit in _PAUSES:
            await channel.sleep(_PAUSES[digit])
        elif digit.upper() in ALL_DIGITS:
            await target.send_digit(digit.upper(), duration=long)
            await channel.sleep(long + between)
