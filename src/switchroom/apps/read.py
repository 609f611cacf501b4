"""Read(): ask for digits."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from switchroom.base.errors import SoundNotFoundError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import ALL_DIGITS, Channel, ChannelState

logger = logging.getLogger(__name__)

MAX_DIGITS = 255


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Option letters of Read."""

    skip: bool = option("s", "Do nothing on a channel that is not up.")
    no_answer: bool = option("n", "Read even on a channel that is not up.")
    no_terminator: bool = option("t", "Take # as a digit.")
    terminator: str = option("e", "Keep the digit that ended it when nothing else was keyed.",
                             default="")  # fmt: skip


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

    Sets READSTATUS: OK, TIMEOUT, SKIPPED or ERROR.

    Args:
        channel: The channel.
        variable: What gets the digits.
        sounds: Names joined by ``&``; a digit ends them.
        digits: How many at most; 0: 255, ended by ``#`` or silence.
        options: Option letters.
        attempts: How often to ask while nothing is keyed.
        seconds: To wait for each digit; 0: the response timeout, then the digit timeout.
    """
    if channel.state is not ChannelState.UP and not options.no_answer:
        if options.skip:
            channel.set_variable(variable, "")
            channel.set_variable("READSTATUS", "SKIPPED")
            return
        await channel.answer()
    most = digits if 0 < digits < MAX_DIGITS else MAX_DIGITS
    terminator = "" if options.no_terminator else "#"
    found, status = "", "TIMEOUT"
    for _ in range(max(1, attempts)):
        found, ended = await _ask(channel, sounds, most, terminator, seconds)
        if found or ended:
            status = "OK"
            break
    channel.set_variable(variable, found)
    channel.set_variable("READSTATUS", status)


async def _ask(
    channel: Channel, sounds: str, most: int, terminator: str, seconds: float
) -> tuple[str, bool]:
    """The digits keyed, and whether the terminator ended them."""
    digit: str | None = await _play(channel, sounds)
    found = ""
    while True:
        if not digit:
            later = seconds or (channel.digit_timeout if found else channel.response_timeout)
            digit = await channel.read_digit(later)
        if digit is None:
            return found, False
        if digit == terminator:
            return found, True
        found += digit
        digit = ""
        if len(found) >= most:
            return found, False


async def _play(channel: Channel, sounds: str) -> str:
    for sound in filter(None, sounds.split("&")):
        try:
            if digit := await channel.play(sound.strip(), interrupt=ALL_DIGITS):
                return digit
        except SoundNotFoundError as error:
            logger.warning("%s: Read: %s", channel.name, error)
    return ""
