"""ReadExten(): ask for an extension.

Family: Sounds and digits
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.apps.prompts import play_prompts
from switchroom.apps.read import key_over_tone
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import ALL_DIGITS, Channel, ChannelState

MAX_LENGTH = 255


@dataclass(frozen=True, slots=True)
class ReadExtensionOptions:
    """Option letters of ReadExten."""

    skip: bool = option("s", "Do nothing on a channel that is not up.")
    tone: bool = option("i", "The sound is the name of a tone, heard until the first digit.")
    no_answer: bool = option("n", "Read even on a channel that is not up, without answering.")
    pound_ends: bool = option("p", "# ends the extension and is no part of it.")


@application("ReadExten", goes_on=True)
async def read_extension(  # the dialplan's own arguments
    channel: Channel,
    variable: str,
    sounds: str = "",
    context: str = "",
    options: ReadExtensionOptions = ReadExtensionOptions(),
    seconds: float = 0.0,
) -> None:
    """Play sounds and read an extension into a variable, as long as more digits could match.

    The variable becomes ``t`` where nothing is keyed and ``i`` where the extension does not exist.

    Args:
        channel: The channel.
        variable: What gets the extension.
        sounds: Names joined by ``&``; a digit ends them.
        context: Where the extension is looked for; the channel's where it is not given.
        options: Option letters.
        seconds: To wait for the first digit; 0: the response timeout.

    Variables:
        READEXTENSTATUS: OK, TIMEOUT, INVALID, SKIP or HANGUP.
        INVALID_EXTEN: What was keyed and does not exist.

    Examples:
        exten => s,1,ReadExten(number,vm-enter-num-to-call,phones)
         same => n,GotoIf($["${READEXTENSTATUS}" != "OK"]?bye)
         same => n,Goto(phones,${number},1)
         same => n(bye),Hangup()
        [phones]
        exten => 100,1,Dial(PJSIP/100)
        exten => 101,1,Dial(PJSIP/101)
    """
    if channel.state is not ChannelState.UP and not options.no_answer:
        if options.skip:
            channel.set_variable(variable, "")
            channel.set_variable("READEXTENSTATUS", "SKIP")
            return
        await channel.answer()
    status = "HANGUP"
    try:
        names = [n.strip() for n in sounds.split("&") if n.strip()]
        number = await _collect(
            channel, names, context, options, seconds or channel.response_timeout
        )
        status = _note(channel, variable, context, number)
    finally:
        channel.set_variable("READEXTENSTATUS", status)


def _note(channel: Channel, variable: str, context: str, number: str) -> str:
    if not number:
        channel.set_variable(variable, "t")
        return "TIMEOUT"
    if channel.pbx.dialplan.exists(channel, number, 1, context or None):
        channel.set_variable(variable, number)
        return "OK"
    channel.set_variable(variable, "i")
    channel.set_variable("INVALID_EXTEN", number)
    return "INVALID"


async def _collect(
    channel: Channel,
    names: list[str],
    context: str,
    options: ReadExtensionOptions,
    within: float,
) -> str:
    dialplan = channel.pbx.dialplan
    digit: str | None
    if options.tone:
        digit = await key_over_tone(channel, names, within)
        if digit is None:
            return ""
    else:
        digit = (await play_prompts(channel, names, "ReadExten", interrupt=ALL_DIGITS)).digit
    number = ""
    while len(number) < MAX_LENGTH:
        digit = digit or await channel.read_digit(within)
        within = channel.digit_timeout
        if digit is None or (digit == "#" and options.pound_ends):
            break
        number += digit
        if not dialplan.could_match_more(channel, number, context or None):
            exists = dialplan.exists(channel, number, 1, context or None)
            return number if exists or digit != "#" else number[:-1]
        digit = ""
    return number
