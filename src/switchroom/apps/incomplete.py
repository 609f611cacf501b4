"""Incomplete(): the number goes on.

Family: Flow of the dialplan
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel


@dataclass(frozen=True, slots=True)
class IncompleteOptions:
    """Option letters of Incomplete."""

    no_answer: bool = option("n", "Do not answer first.")


@application("Incomplete")
async def incomplete(channel: Channel, options: IncompleteOptions = IncompleteOptions()) -> None:
    """Say that the extension is not complete: more digits are awaited and put behind it.

    Args:
        channel: The channel.
        options: Option letters.

    Examples:
        ; 00 alone could be the beginning of a number abroad
        exten => 00,1,Incomplete(n)
        exten => _00X.,1,Dial(PJSIP/${FILTER(0-9,${EXTEN})}@trunk)
    """
    if not options.no_answer:
        await channel.answer()
    digit = await channel.read_digit(channel.digit_timeout)
    dialplan = channel.pbx.dialplan
    number = ""
    if digit is not None:
        begun = channel.extension + digit
        number = await dialplan.collect(channel, begun, channel.digit_timeout)
    dialplan.go_to_collected(channel, number)
