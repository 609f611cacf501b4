"""Wait() and its like: hold the dialplan still for a time, a digit, an extension, a condition.

Family: Flow of the dialplan
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass

from switchroom.base.text import leading_float
from switchroom.config.musiconhold import DEFAULT_CLASS
from switchroom.dialplan.options import option
from switchroom.dialplan.places import is_true
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import ALL_DIGITS, Channel
from switchroom.pbx.music.classes import start_music, stop_music
from switchroom.pbx.signal_tones import tones_heard

LONGEST_WAIT = 10 * 24 * 3600.0  #: seconds that "for ever" lasts
SHORTEST_INTERVAL = 0.01  #: seconds between two looks at a condition


@application("Wait", goes_on=True)
async def wait(channel: Channel, seconds: float) -> None:
    """Pause this channel's dialplan; digits keyed meanwhile are dropped.

    Args:
        channel: The channel that runs the dialplan.
        seconds: How long, in seconds; a fraction is allowed.

    Examples:
        Wait(1.5)

    Raises:
        HangupError: The channel hung up while waiting.
    """
    await channel.sleep(seconds)


@dataclass(frozen=True, slots=True)
class WaitExtenOptions:
    """Option letters of WaitExten."""

    music: str = option(
        "m", "Music of a class, until the first digit.", default="", bare=DEFAULT_CLASS
    )
    tone: str = option(
        "d", "A tone, the dial tone, until the first digit.", default="", bare="dial"
    )


@application("WaitExten")
async def wait_exten(
    channel: Channel, seconds: float = 0.0, options: WaitExtenOptions = WaitExtenOptions()
) -> None:
    """Wait until an extension of this context is keyed, and go there.

    What is keyed and does not exist goes to ``i``, nothing keyed in time to ``t``.

    Args:
        channel: The channel.
        seconds: To wait for the first digit; 0: the response timeout.
        options: Option letters.

    Examples:
        exten => s,1,BackGround(demo-congrats)
         same => n,WaitExten(5)
        exten => 1,1,Dial(PJSIP/100)
        exten => t,1,Hangup()
    """
    dialplan, within = channel.pbx.dialplan, seconds or channel.response_timeout
    if options.tone or options.music:
        number = await _first_digit(channel, options, within) or ""
        if number:
            number = await dialplan.collect(channel, number, channel.digit_timeout)
    else:
        number = await dialplan.collect(channel, "", within)
    dialplan.go_to_collected(channel, number)


async def _first_digit(channel: Channel, options: WaitExtenOptions, within: float) -> str | None:
    """Wait for it with music, or a tone."""
    if options.tone:
        async with tones_heard(channel, options.tone):
            return await channel.read_digit(within)
    await start_music(channel, options.music)
    try:
        return await channel.read_digit(within)
    finally:
        stop_music(channel)


@application("WaitUntil")
async def wait_until(channel: Channel, epoch: str) -> None:
    """Wait until a time.

    Args:
        channel: The channel.
        epoch: Seconds since 1970; a fraction is allowed.

    Variables:
        WAITUNTILSTATUS: OK, PAST where the time was over, FAILURE where it is none, or HANGUP.

    Examples:
        WaitUntil($[${EPOCH} + 5])
        NoOp(${WAITUNTILSTATUS})  ; => OK
    """
    moment = leading_float(epoch)
    if moment is None or not math.isfinite(moment):
        channel.set_variable("WAITUNTILSTATUS", "FAILURE")
        return
    seconds = moment - channel.pbx.now()
    if seconds < 0:
        channel.set_variable("WAITUNTILSTATUS", "PAST")
        return
    status = "HANGUP"
    try:
        await channel.sleep(seconds)
        status = "OK"
    finally:
        channel.set_variable("WAITUNTILSTATUS", status)


@application("WaitDigit")
async def wait_digit(channel: Channel, seconds: float = 0.0, digits: str = ALL_DIGITS) -> None:
    """Wait for one digit.

    Args:
        channel: The channel.
        seconds: How long; 0: as long as the call lasts.
        digits: Those that count; others are passed over.

    Variables:
        WAITDIGITSTATUS: DTMF, TIMEOUT, or CANCEL where ``#`` was keyed and is none of the digits.
        WAITDIGITRESULT: The digit.

    Examples:
        WaitDigit(3,123)
        NoOp(${WAITDIGITSTATUS} ${WAITDIGITRESULT})  ; => TIMEOUT
    """
    loop = asyncio.get_running_loop()
    until = loop.time() + (seconds if seconds > 0 else LONGEST_WAIT)
    status, result = "TIMEOUT", ""
    while (digit := await channel.read_digit(max(0.0, until - loop.time()))) is not None:
        if digit in digits:
            status, result = "DTMF", digit
            break
        if digit == "#":
            status = "CANCEL"
            break
    channel.set_variable("WAITDIGITSTATUS", status)
    channel.set_variable("WAITDIGITRESULT", result)


@application("WaitForCondition")
async def wait_for_condition(
    channel: Channel, sign: str, expression: str, seconds: float = 0.0, interval: float = 0.05
) -> None:
    """Wait until an expression is true, asking it again and again.

    Args:
        channel: The channel.
        sign: A character that stands for ``$`` in the expression, which is not substituted yet.
        expression: As ``#["#{DEVICE_STATE(PJSIP/alice)}"="INUSE"]``.
        seconds: How long at most; 0: for ever.
        interval: Seconds between two looks.

    Variables:
        WAITFORCONDITIONSTATUS: TRUE, TIMEOUT, HANGUP, or FAILURE where there is no expression.

    Examples:
        WaitForCondition(#,#["#{GROUP_COUNT(agents)}" > "0"],3)
        NoOp(${WAITFORCONDITIONSTATUS})  ; => TIMEOUT
    """
    if not sign or not expression:
        channel.set_variable("WAITFORCONDITIONSTATUS", "FAILURE")
        return
    text = expression.replace(sign[0], "$")
    loop = asyncio.get_running_loop()
    until = loop.time() + (seconds if seconds > 0 else LONGEST_WAIT)
    status = "HANGUP"
    try:
        while not is_true(await channel.pbx.dialplan.substitute(channel, text)):
            if loop.time() >= until:
                status = "TIMEOUT"
                return
            await channel.sleep(min(max(interval, SHORTEST_INTERVAL), until - loop.time()))
        status = "TRUE"
    finally:
        channel.set_variable("WAITFORCONDITIONSTATUS", status)
