"""Originate: dial somebody, and when they answer run an application or a place of the dialplan."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.dialing import OUTGOING_DATA, Dialing, DialManners, DialOutcome, DialStatus
from switchroom.pbx.look_ups import LookUps
from switchroom.pbx.pbx import WANTED_IDS, Pbx
from switchroom.pbx.telling import (
    set_account,
    tell_caller,
    tell_connected,
    tell_end_of_dialplan,
)

OUTGOING = "AppDial2"  #: what a channel shows as its application that nobody dialled himself


@dataclass(frozen=True, slots=True)
class RunApplication:
    """The answered channel executes one application and is hung up."""

    name: str
    data: str


@dataclass(frozen=True, slots=True)
class RunDialplan:
    """The answered channel goes on at a place of the dialplan."""

    context: str
    extension: str
    priority: int = 1


@dataclass(frozen=True, slots=True)
class Origination:
    """What to dial and what follows."""

    resource: str  #: ``Technology/resource``
    then: RunApplication | RunDialplan
    within: float = 30.0  #: seconds to wait for an answer
    caller: CallerId = field(default_factory=CallerId)
    variables: tuple[tuple[str, str], ...] = ()  #: set on the channel before it is dialled
    account: str = ""  #: who is charged
    ids: tuple[str, ...] = ()  #: unique ids of the channel, and of its other half
    before: Callable[[Channel], Awaitable[object]] | None = None  #: awaited before it is dialled


async def originate(pbx: Pbx, what: Origination) -> DialOutcome:
    """Dial, and once answered let the channel go on in a task of its own.

    Returns:
        The outcome as soon as it is known: the application or dialplan has just begun then.
    """
    try:
        channel = await request_channel(pbx, what)
    except RequestError as error:
        return DialOutcome(DialStatus.CHANUNAVAIL, cause=error.cause)
    return await dial_channel(channel, what)


async def request_channel(
    pbx: Pbx, what: Origination, originator: Channel | None = None
) -> Channel:
    """Make the channel, not dialled yet.

    Args:
        pbx: The core.
        what: What is dialled; not what follows.
        originator: On whose behalf.

    Raises:
        RequestError: There is no such resource, or it cannot be reached now.
    """
    token = WANTED_IDS.set(list(what.ids))
    try:
        channel = await pbx.request(what.resource, originator)
    finally:
        WANTED_IDS.reset(token)
    channel.announce(OUTGOING, OUTGOING_DATA)
    for name, value in what.variables:
        channel.set_variable(name, value)
    if what.account:
        set_account(channel, what.account)
    channel.caller = what.caller.copy()
    if what.caller.number or what.caller.name:
        tell_caller(channel)
        channel.connected = what.caller.copy()
        tell_connected(channel)
    return channel


async def dial_channel(channel: Channel, what: Origination) -> DialOutcome:
    """Dial a channel that was requested, as :func:`originate` does."""
    pbx = channel.pbx
    if what.before is not None:
        try:
            await what.before(channel)
        except BaseException:
            channel.hangup()
            raise
    manners = DialManners(hands_over=True)
    dialing = Dialing(None, application=OUTGOING, manners=manners)
    outcome = await dialing.run([channel], within=what.within)
    if outcome.answered is not None:
        pbx.calls_processed += 1
    if outcome.party is not None:
        _hand_over(outcome.party.channel, channel, what)
    elif outcome.answered is not None:
        pbx.spawn(_go_on(channel, what.then), name=channel.name)
    return outcome


def _hand_over(picker: Channel, dialled: Channel, what: Origination) -> None:
    """Another channel has picked the call up: its task, which waits, does what was to follow."""
    for name, value in what.variables:
        picker.set_variable(name, value)
    if what.account:
        set_account(picker, what.account)
    picker.connected = dialled.connected.copy()
    tell_connected(picker)
    if isinstance(what.then, RunApplication):
        then, dialplan = what.then, picker.pbx.dialplan
        picker.divert(lambda: dialplan.execute(picker, then.name, then.data))
    else:
        picker.redirect(what.then.context, what.then.extension, what.then.priority)


async def _go_on(channel: Channel, then: RunApplication | RunDialplan) -> None:
    try:
        if isinstance(then, RunApplication):
            channel.application, channel.data = then.name, then.data
            await channel.pbx.dialplan.execute(channel, then.name, then.data)
        else:
            channel.context = then.context
            channel.extension = then.extension
            channel.priority = then.priority
            await channel.pbx.datastore(LookUps).make()
            await channel.pbx.dialplan.run(channel)
            tell_end_of_dialplan(channel)
    finally:
        channel.finish()
