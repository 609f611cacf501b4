"""Dial(): call somebody and join both.

Family: Calls
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.options import option
from switchroom.dialplan.priority_jumping import jump_far
from switchroom.dialplan.registry import application
from switchroom.pbx.bridge import bridge
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.dialing import Dialing, DialOutcome, DialStatus
from switchroom.pbx.hangup_cause import HangupCause

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DialOptions:
    """Option letters of Dial."""

    go_on: bool = option("g", "Go on in the dialplan when the called party hangs up.")


@application("Dial")
async def dial(
    channel: Channel,
    destinations: str = "",
    timeout: str = "",  # noqa: ASYNC109  # the dialplan's own argument
    options: DialOptions = DialOptions(),
    url: str = "",
) -> None:
    """Call one or more destinations at once and join the first that answers.

    Unless the call was answered the dialplan goes on.

    Args:
        channel: The channel.
        destinations: ``Technology/resource``, several joined with ``&``.
        timeout: Seconds to wait for an answer; empty for no limit.
        options: Option letters.
        url: Not sent by any technology here; accepted because old dialplans have it.

    Variables:
        DIALSTATUS: ANSWER, BUSY, CONGESTION, NOANSWER or CHANUNAVAIL.
        DIALEDPEERNAME: The channel that answered.
        ANSWEREDTIME: The seconds that were talked.

    Examples:
        exten => 100,1,Dial(PJSIP/100&PJSIP/101,20)
         same => n,GotoIf($["${DIALSTATUS}" = "BUSY"]?busy)
         same => n,Playback(vm-nobodyavail)
         same => n,Hangup()
         same => n(busy),Busy(10)
    """
    outcome = await _dial(channel, destinations, _seconds(timeout))
    channel.hangup_cause = outcome.cause
    channel.set_variable("DIALSTATUS", outcome.status)
    if outcome.answered is None:
        if outcome.status is DialStatus.BUSY:
            jump_far(channel)
        return
    callee = outcome.answered
    try:
        await _talk(channel, callee)
    finally:
        callee.hangup(HangupCause.NORMAL_CLEARING)
    if not options.go_on:
        channel.hangup(HangupCause.NORMAL_CLEARING)


def _seconds(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError as error:
        raise BadArgumentsError(f"Dial: timeout {text!r} is not a number of seconds") from error


async def _dial(channel: Channel, destinations: str, within: float | None) -> DialOutcome:
    channels: list[Channel] = []
    cause = HangupCause.NOT_DEFINED
    for destination in filter(None, destinations.split("&")):
        try:
            callee = await channel.pbx.request(destination.strip(), channel)
        except RequestError as error:
            logger.warning("Dial: %s", error)
            cause = error.cause
            continue
        callee.caller = channel.caller
        callee.language = channel.language
        callee.inherit_variables(channel)
        channels.append(callee)
    if not channels:
        return DialOutcome(DialStatus.CHANUNAVAIL, cause=cause)
    return await Dialing(channel).run(channels, within=within)


async def _talk(channel: Channel, callee: Channel) -> None:
    began = asyncio.get_running_loop().time()
    channel.set_variable("DIALEDPEERNAME", callee.name)
    callee.extension = ""  # Asterisk: a bridged callee stands at no extension (22)
    callee.announce("AppDial", "(Outgoing Line)")
    await channel.answer()
    try:
        await bridge(channel, callee)
    finally:
        talked = asyncio.get_running_loop().time() - began
        channel.set_variable("ANSWEREDTIME", str(int(talked)))
