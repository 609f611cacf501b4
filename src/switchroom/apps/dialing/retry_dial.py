"""RetryDial(): dial again and again.

Family: Calls
"""

from __future__ import annotations

import itertools

from switchroom.apps.dialing.call import DialCall
from switchroom.apps.dialing.options import DialOptions, seconds_of, silence_of
from switchroom.apps.prompts import play_prompts
from switchroom.base.text import leading_float, leading_int
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.options import parse_options
from switchroom.dialplan.registry import Rest, application
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import Channel
from switchroom.pbx.dialing import DialStatus
from switchroom.pbx.holding import begin_hold, end_hold

DEFAULT_PAUSE = 10.0  #: seconds

#: What ends it before its retries do.
_SETTLED = frozenset(
    {DialStatus.ANSWER, DialStatus.CANCEL, DialStatus.DONTCALL, DialStatus.TORTURE}
)


@application("RetryDial")
async def retry_dial(
    channel: Channel, announce: str, sleep: str, retries: str, destinations: Rest
) -> None:
    """Dial as Dial() does, and again after a pause with music, until somebody answers.

    With the option ``d`` a digit that is keyed in a pause goes to that extension, too.

    Args:
        channel: The channel.
        announce: A prompt before each pause; may be empty.
        sleep: Seconds of a pause; nothing or 0: ten.
        retries: How often to dial in all; 0: for ever.
        destinations: The arguments of Dial().

    Examples:
        exten => 1,1,RetryDial(pls-hold-while-try,5,3,PJSIP/100,20)
    """
    dialled, timeout, letters = (*separate(str(destinations)), "", "", "")[:3]
    options = parse_options(DialOptions, letters, "RetryDial")
    attempts = leading_int(retries) or 0
    for_ever = attempts <= 0
    # Asterisk: the last attempt is followed by a pause, too, and records say that it retries (22).
    for _ in itertools.count() if for_ever else range(attempts):
        channel.data = "Retrying"
        status = await DialCall(channel, options).run(
            dialled, seconds_of(timeout), silence_of(timeout)
        )
        if status in _SETTLED or channel.is_hung_up or channel.jumped:
            return
        if announce:
            await play_prompts(channel, [announce], "RetryDial")
        seconds = leading_float(sleep) or 0.0
        pause = seconds if seconds > 0 else DEFAULT_PAUSE
        await begin_hold(channel)
        try:
            if await _pause(channel, pause, leaves=options.digit_leaves):
                return
        finally:
            end_hold(channel)


async def _pause(channel: Channel, seconds: float, *, leaves: bool) -> bool:
    """Wait; returns whether a digit led elsewhere."""
    if not leaves:
        await channel.sleep(seconds)
        return False
    digit = await channel.read_digit(seconds)
    context = variable(channel, "EXITCONTEXT") or channel.context
    if digit is None or not channel.pbx.dialplan.exists(channel, digit, 1, context):
        return False
    channel.goto(context, digit, 1)
    return True
