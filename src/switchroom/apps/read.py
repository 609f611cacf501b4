"""Read(): ask for digits.

Family: Sounds and digits
"""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.apps.prompts import play_prompts
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import ALL_DIGITS, Channel, ChannelState
from switchroom.pbx.signal_tones import tones_heard

MAX_DIGITS = 255


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Option letters of Read."""

    skip: bool = option("s", "Do nothing on a channel that is not up.", word="skip")
    no_answer: bool = option(
        "n", "Read even on a channel that is not up, without answering.", word="noanswer"
    )
    tone: bool = option("i", "The sound is the name of a tone, heard until the first digit.")
    terminators: str = option(
        "t", "Digits that end the input; none: it ends by their number and by silence.",
        default="#", bare="",
    )  # fmt: skip
    keep_terminator: bool = option("e", "Keep the terminator when nothing else was keyed.")


@application("Read")
async def read(  # noqa: PLR0913  # the dialplan's own arguments
    channel: Channel,
    variable: str,
    sounds: str = "",
    digits: int = 0,
    options: ReadOptions = ReadOptions(),
    attempts: int = 1,
    seconds: float = 0.0,
) -> None:
    """Play sounds and read digits into a variable, until ``#``, enough digits, or silence.

    Args:
        channel: The channel.
        variable: What gets the digits.
        sounds: Names joined by ``&``; a digit ends them.
        digits: How many at most; 0: 255, ended by ``#`` or silence.
        options: Option letters.
        attempts: How often to ask while nothing is keyed.
        seconds: To wait for each digit; 0: the response timeout, then the digit timeout.

    Variables:
        READSTATUS: OK, TIMEOUT, SKIPPED, or HANGUP where the caller hung up meanwhile.

    Examples:
        exten => s,1,Answer()
         same => n,Read(pin,vm-password,4,,3,5)
         same => n,GotoIf($["${READSTATUS}" != "OK"]?bye)
         same => n,SayDigits(${pin})
         same => n(bye),Hangup()
    """
    if channel.state is not ChannelState.UP and not options.no_answer:
        if options.skip:
            channel.set_variable(variable, "")
            channel.set_variable("READSTATUS", "SKIPPED")
            return
        await channel.answer()
    most = digits if 0 < digits < MAX_DIGITS else MAX_DIGITS
    names = [sound.strip() for sound in sounds.split("&") if sound.strip()]
    found = ended = ""
    status = "HANGUP"
    try:
        for _ in range(max(1, attempts)):
            first = await key_over_tone(channel, names, seconds) if options.tone else ""
            if first is None:
                continue
            prompts = [] if options.tone else names
            found, ended = await ask(channel, prompts, most, options.terminators, seconds, first)
            if found or ended:
                break
        status = "OK" if found or ended else "TIMEOUT"
        if ended and not found and options.keep_terminator:
            found = ended
    finally:
        channel.set_variable(variable, found)
        channel.set_variable("READSTATUS", status)


async def key_over_tone(channel: Channel, names: list[str], seconds: float) -> str | None:
    """The first key, until which a tone is heard; None after ``seconds``, or the usual time."""
    async with tones_heard(channel, "&".join(names)):
        return await channel.read_digit(seconds or channel.response_timeout)


async def ask(
    channel: Channel,
    names: list[str],
    most: int,
    terminators: str,
    seconds: float,
    first: str = "",
) -> tuple[str, str]:
    """Play and read: the digits keyed, and the terminator that ended them or an empty string.

    Args:
        channel: Who is asked.
        names: The prompts.
        most: How many digits at most.
        terminators: Digits that end it.
        seconds: To wait for each digit; 0: the usual times.
        first: Has been keyed before.
    """
    digit: str | None = first
    if not first:
        digit = (await play_prompts(channel, names, "Read", interrupt=ALL_DIGITS)).digit
    found = ""
    while True:
        if not digit:
            later = seconds or (channel.digit_timeout if found else channel.response_timeout)
            digit = await channel.read_digit(later)
        if digit is None:
            return found, ""
        if digit in terminators:
            return found, digit
        found += digit
        digit = ""
        if len(found) >= most:
            return found, ""
