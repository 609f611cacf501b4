"""Originate(): call somebody who has nothing to do with this call.

Family: Calls
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace

from switchroom.base.errors import BadArgumentsError
from switchroom.base.text import leading_float
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.dialplan.routines import parse_routine
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.dialing import DialOutcome, DialStatus, hung_up_on_failure
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.originate import (
    Origination,
    RunApplication,
    RunDialplan,
    dial_channel,
    request_channel,
)

logger = logging.getLogger(__name__)

_STATUS = {
    DialStatus.ANSWER: "SUCCESS", DialStatus.BUSY: "BUSY", DialStatus.CONGESTION: "CONGESTION",
    DialStatus.CHANUNAVAIL: "FAILED",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OriginateOptions:
    """Option letters of Originate."""

    at_once: bool = option("a", "Do not wait for the answer: go on as soon as it is dialled.")
    routine_there: str = option(
        "b", "A routine for the new channel before it is dialled, context^extension^priority.",
        default="",
    )  # fmt: skip
    routine_here: str = option("B", "A routine for this channel before that.", default="")
    codecs: str = option("C", "Is not looked at: codecs are the endpoint's.", default="")
    number: str = option("c", "The caller's number.", default="")
    name: str = option("n", "The caller's name.", default="")
    variables: str = option("v", "Variables of the new channel, name=value^name=value.", default="")


@application("Originate")
async def originate(  # noqa: PLR0913  # the dialplan's own arguments
    channel: Channel,
    resource: str,
    kind: str,
    first: str,
    second: str = "",
    third: str = "",
    timeout: str = "",  # noqa: ASYNC109  # the dialplan's own argument
    options: OriginateOptions = OriginateOptions(),
) -> None:
    """Call somebody, and let an application or the dialplan talk to them.

    Args:
        channel: The channel, which is not part of the new call.
        resource: ``Technology/resource``.
        kind: ``app`` or ``exten``.
        first: The application, or the context.
        second: Its arguments, or the extension.
        third: The priority.
        timeout: Seconds to wait for an answer; 30 where it is not given.
        options: Option letters.

    Variables:
        ORIGINATE_STATUS: SUCCESS, BUSY, CONGESTION, RINGING (nobody answered in time), HANGUP or
            FAILED.

    Examples:
        exten => s,1,Originate(PJSIP/100,app,Playback,hello-world,,20)
         same => n,NoOp(${ORIGINATE_STATUS})
         same => n,Originate(PJSIP/101,exten,example,wake-up,1,30,an(Alarm)c(100))
        exten => wake-up,1,Answer()
         same => n,Playback(hello-world)
    """
    what = Origination(
        resource,
        _then(channel, kind, first, second, third),
        leading_float(timeout) or 30.0,
        CallerId(name=options.name, number=options.number),
        tuple(_variables(options.variables)),
    )
    if options.routine_there:
        what = replace(what, before=lambda new: _call(new, options.routine_there))
    try:
        new = await request_channel(channel.pbx, what)
    except RequestError as error:
        logger.warning("%s: Originate: %s", channel.name, error)
        channel.set_variable("ORIGINATE_STATUS", "FAILED")
        return
    if options.routine_here:
        with hung_up_on_failure([new]):
            await _call(channel, options.routine_here)
    known: asyncio.Future[DialOutcome] = asyncio.get_running_loop().create_future()
    # A call of its own: it goes on where this channel hangs up meanwhile.
    channel.pbx.spawn(_dial(new, what, known), name=f"Originate {resource}")
    status = "SUCCESS" if options.at_once else _status(await known)
    channel.set_variable("ORIGINATE_STATUS", status)


def _then(
    channel: Channel, kind: str, first: str, second: str, third: str
) -> RunApplication | RunDialplan:
    match kind.strip().lower():
        case "app":
            return RunApplication(first, second)
        case "exten":
            dialplan = channel.pbx.dialplan
            extension = second or "s"
            priority = dialplan.find_priority(channel, first, extension, third or "1")
            if priority is None:
                raise BadArgumentsError(f"Originate: {third!r} is no priority of {extension}")
            return RunDialplan(first, extension, priority)
        case _:
            raise BadArgumentsError(f"Originate: {kind!r} is neither app nor exten")


def _variables(text: str) -> list[tuple[str, str]]:
    pairs = (word.partition("=") for word in text.split("^") if "=" in word)
    return [(name.strip(), value) for name, _, value in pairs]


async def _call(channel: Channel, text: str) -> None:
    place, opening, arguments = text.partition("(")
    routine = parse_routine(channel, place.replace("^", ",") + opening + arguments)
    await channel.pbx.dialplan.call_routine(channel, routine.place, routine.arguments)


async def _dial(new: Channel, what: Origination, known: asyncio.Future[DialOutcome]) -> None:
    outcome = DialOutcome(DialStatus.CHANUNAVAIL)
    try:
        outcome = await dial_channel(new, what)
    finally:
        if not known.done():
            known.set_result(outcome)


def _status(outcome: DialOutcome) -> str:
    if outcome.status is DialStatus.NOANSWER:
        return "RINGING" if outcome.cause is HangupCause.NOT_DEFINED else "HANGUP"
    return _STATUS[outcome.status]
