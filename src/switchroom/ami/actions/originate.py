"""Originate."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.ami.rights import may_start, refuse_escalating
from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.escalation import from_outside
from switchroom.dialplan.routines import parse_routine
from switchroom.pbx.caller_id import CallerId, parse_caller_id
from switchroom.pbx.channel import Channel
from switchroom.pbx.dialing import DialOutcome, DialStatus
from switchroom.pbx.events import OriginateEnded
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.originate import Origination, RunApplication, RunDialplan, originate
from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

DEFAULT_TIMEOUT = 30_000  #: milliseconds
MAX_ID = 149  #: letters of a unique id

#: Why it failed, as OriginateResponse numbers it.
_REASONS = {
    DialStatus.ANSWER: 4,
    DialStatus.NOANSWER: 3,
    DialStatus.CANCEL: 1,
    DialStatus.BUSY: 5,
    DialStatus.CONGESTION: 8,
}


@action("Originate", Privilege.ORIGINATE)
async def originate_call(request: Request) -> Reply:
    """Make a call."""
    what = _order(request)
    if request.action.is_true("Async"):
        request.pbx.spawn(_tell(request, what), name=f"originate {what.resource}")
        return done("Originate successfully queued")
    outcome = await originate(request.pbx, what)
    if outcome.answered is None:
        raise ActionError("Originate failed")
    return done("Originate successfully queued")


def _order(request: Request) -> Origination:
    resource = request.required("Channel", "Channel not specified")
    if "/" not in resource or resource.endswith("/"):
        raise ActionError("Invalid channel")
    timeout = request.get("Timeout", str(DEFAULT_TIMEOUT))
    if not timeout.lstrip("-").isdigit():
        raise ActionError("Invalid timeout")
    text = request.get("CallerID")
    variables = variables_of(request.action.all("Variable"))
    user = request.session.user
    if user is not None:
        variables = [*user.variables, *variables]
    return Origination(
        resource,
        _what_follows(request),
        within=max(0, int(timeout)) / 1000 or DEFAULT_TIMEOUT / 1000,
        caller=parse_caller_id(text) if text else CallerId(),
        # Asterisk: the last one is set first (22).
        variables=tuple(reversed([each for each in variables if not _is_function(each[0])])),
        account=request.get("Account"),
        ids=_ids(request),
        before=_before(request, [each for each in variables if _is_function(each[0])]),
    )


def _is_function(name: str) -> bool:
    return "(" in name and name.endswith(")")


def _ids(request: Request) -> tuple[str, ...]:
    """What the channels are to be called; nobody else may be called so."""
    ids = [each for each in (request.get("ChannelId"), request.get("OtherChannelId")) if each]
    taken = {channel.unique_id for channel in request.pbx.channels.values()}
    if taken & set(ids) or len(ids) != len(set(ids)):
        raise ActionError("Uniqueid is in use already")
    if any(len(each) > MAX_ID or not each.isprintable() for each in ids):
        raise ActionError("Uniqueid is too long")
    return tuple(ids)


def _before(
    request: Request, functions: Sequence[tuple[str, str]]
) -> Callable[[Channel], Awaitable[object]] | None:
    """What is done to the channel before it is dialled: functions written, a routine run."""
    text = request.get("PreDialGoSub")
    if not text and not functions:
        return None
    place, opening, arguments = text.partition("(")
    for name, _ in functions:
        refuse_escalating(request, name.partition("(")[0], writes=True)

    async def run(channel: Channel) -> None:
        for name, value in functions:
            await _write(request, channel, name, value)
        if not text:
            return
        routine = parse_routine(channel, place.replace("^", ",") + opening + arguments)
        await channel.pbx.dialplan.call_routine(channel, routine.place, routine.arguments)

    return run


def _what_follows(request: Request) -> RunApplication | RunDialplan:
    name = request.get("Application")
    if name:
        if not may_start(request, name):
            raise ActionError("Originate Access Forbidden: app or data blacklisted")
        return RunApplication(name, request.get("Data"))
    extension, context = request.get("Exten"), request.get("Context", "default")
    if not extension or not request.get("Priority"):
        raise ActionError("Originate with 'Exten' requires 'Context' and 'Priority'")
    if not request.pbx.dialplan.has_extension(context, extension):
        raise ActionError("Extension does not exist.")
    priority = leading_int(request.get("Priority"))
    if priority is None:
        priority = _label(request.pbx, context, extension, request.get("Priority"))
    return RunDialplan(context, extension, priority)


def _label(pbx: Pbx, context: str, extension: str, label: str) -> int:
    found = pbx.dialplan.find_label(context, extension, label)
    if found is None:
        raise ActionError("Invalid priority")
    return found


def variables_of(headers: Sequence[str]) -> list[tuple[str, str]]:
    """Read ``Variable`` headers: ``A=1``, or several with commas; a value with commas is quoted."""
    found = []
    for header in headers:
        for part in separate(header):
            name, equals, value = part.partition("=")
            if equals and name.strip():
                found.append((name.strip(), value))
    return found


async def _write(request: Request, channel: Channel, name: str, value: str) -> None:
    function, _, arguments = name[:-1].partition("(")
    with from_outside(live_dangerously=request.context.asterisk.live_dangerously):
        try:
            waits = channel.pbx.dialplan.write_function(channel, function, arguments, value)
            if waits is not None:
                await waits
        except DialplanError as error:
            logger.warning("Originate: %s=%s: %s", name, value, error)


async def _tell(request: Request, what: Origination) -> None:
    """Dial and tell the outcome."""
    outcome = await originate(request.pbx, what)
    pbx = request.pbx
    if not pbx.events.wants(OriginateEnded):
        return
    then = what.then
    is_application = isinstance(then, RunApplication)
    channel = outcome.answered
    pbx.events.publish(
        OriginateEnded(
            ticket=request.action.id,
            resource=what.resource,
            channel=channel.name if channel is not None else "",
            unique_id=channel.unique_id if channel is not None else "",
            application=then.name if isinstance(then, RunApplication) else "",
            data=then.data if isinstance(then, RunApplication) else "",
            context="" if is_application or not isinstance(then, RunDialplan) else then.context,
            extension=then.extension if isinstance(then, RunDialplan) else "",
            reason=_reason(outcome),
            caller_number=_caller(what, channel).number,
            caller_name=_caller(what, channel).name,
        )
    )


def _caller(what: Origination, channel: Channel | None) -> CallerId:
    return channel.caller if channel is not None else what.caller


def _reason(outcome: DialOutcome) -> int:
    if outcome.cause is HangupCause.NO_ANSWER:
        return _REASONS[DialStatus.NOANSWER]
    return _REASONS.get(outcome.status, 0)
