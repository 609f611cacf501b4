"""Channels that are made: originate, create, dial."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping

from switchroom.ari.context import Request, find_channel
from switchroom.ari.errors import AriError
from switchroom.ari.hub import EventHub
from switchroom.ari.models.channels import Channel
from switchroom.ari.models.model import Long
from switchroom.ari.registry import BodyVariables, operation
from switchroom.ari.resources.channels import place_of
from switchroom.ari.variables import is_function, texts, write_variable
from switchroom.base.errors import DialplanError
from switchroom.pbx.caller_id import CallerId, parse_caller_id
from switchroom.pbx.channel import Channel as CoreChannel
from switchroom.pbx.channel import ChannelState, RequestError
from switchroom.pbx.dialing import Dialing
from switchroom.pbx.originate import (
    OUTGOING,
    Origination,
    RunApplication,
    RunDialplan,
    dial_channel,
    request_channel,
)
from switchroom.pbx.outsider import outsider
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.stasis import stay_of
from switchroom.pbx.telling import request_hangup

DEFAULT_TIMEOUT = 30  #: seconds
MAX_ID = 149  #: letters of a unique id
APPLICATION = "Stasis"
ROUNDS = 10  #: of the loop, in which a new task has begun


@operation("POST", "/channels", "originate", errors=(400, 409))
async def originate(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    endpoint: str,
    extension: str = "",
    context: str = "",
    priority: Long | None = None,
    label: str = "",
    app: str = "",
    app_args: str = "",
    caller_id: str = "",
    timeout: int = DEFAULT_TIMEOUT,  # noqa: ASYNC109  # on the wire
    variables: BodyVariables = None,
    channel_id: str = "",
    other_channel_id: str = "",
    originator: str = "",
    formats: str = "",
) -> Channel:
    """Call somebody; who answers goes to an application, or to a place of the dialplan.

    Args:
        ari: The request.
        endpoint: Whom: ``technology/resource``.
        extension: Of the dialplan, instead of an application.
        context: Where it is; ``default`` when empty.
        priority: Of the extension; 1 when empty.
        label: Instead of a priority.
        app: The application that gets the channel.
        app_args: Handed to it, separated by commas.
        caller_id: Who calls: ``"Name" <number>``.
        timeout: Seconds to wait for the answer; -1: for ever.
        variables: Set on the channel before it is dialled; functions are written.
        channel_id: What the channel is to be called.
        other_channel_id: What its other half is to be called, of a Local channel.
        originator: A channel on whose behalf it is called; it says which codecs are offered.
        formats: Codecs to offer, separated by commas, where no originator is given.
    """
    then = _what_follows(ari.pbx, app, app_args, (context, extension, priority, label))
    what = _order(ari, endpoint, then, _ids(ari, channel_id, other_channel_id), caller_id)
    within = float(timeout) if timeout > 0 else float(2**31)
    channel = await _request(ari, what, originator, formats)
    before = _before(ari, texts(variables))
    if app and app in ari.hub.applications:
        _follow(ari.hub, app, channel)
    await before(channel)
    order = Origination(endpoint, then, within=within, caller=what.caller)
    ari.pbx.spawn(_dial(channel, order), name=f"originate {endpoint}")
    return ari.view.channel(channel)


@operation("POST", "/channels/{channelId}", "originateWithId", errors=(400, 409))
async def originate_with_id(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    channel_id: str,
    endpoint: str,
    extension: str = "",
    context: str = "",
    priority: Long | None = None,
    label: str = "",
    app: str = "",
    app_args: str = "",
    caller_id: str = "",
    timeout: int = DEFAULT_TIMEOUT,  # noqa: ASYNC109  # on the wire
    variables: BodyVariables = None,
    other_channel_id: str = "",
    originator: str = "",
    formats: str = "",
) -> Channel:
    """Call somebody, with a channel that is called as you want it.

    Args:
        ari: The request.
        channel_id: What the channel is to be called.
        endpoint: Whom: ``technology/resource``.
        extension: Of the dialplan, instead of an application.
        context: Where it is; ``default`` when empty.
        priority: Of the extension; 1 when empty.
        label: Instead of a priority.
        app: The application that gets the channel.
        app_args: Handed to it, separated by commas.
        caller_id: Who calls: ``"Name" <number>``.
        timeout: Seconds to wait for the answer; -1: for ever.
        variables: Set on the channel before it is dialled; functions are written.
        other_channel_id: What its other half is to be called, of a Local channel.
        originator: A channel on whose behalf it is called; it says which codecs are offered.
        formats: Codecs to offer, separated by commas, where no originator is given.
    """
    return await originate(
        ari, endpoint, extension, context, priority, label, app, app_args, caller_id, timeout,
        variables, channel_id, other_channel_id, originator, formats,
    )  # fmt: skip


@operation("POST", "/channels/create", "create", errors=(409,))
async def create(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    endpoint: str,
    app: str,
    app_args: str = "",
    channel_id: str = "",
    other_channel_id: str = "",
    originator: str = "",
    formats: str = "",
    variables: BodyVariables = None,
) -> Channel:
    """Make a channel that is in an application at once, and is not dialled yet.

    Args:
        ari: The request.
        endpoint: Whom: ``technology/resource``.
        app: The application that gets the channel.
        app_args: Handed to it, separated by commas.
        channel_id: What the channel is to be called.
        other_channel_id: What its other half is to be called, of a Local channel.
        originator: A channel on whose behalf it is called; it says which codecs are offered.
        formats: Codecs to offer, separated by commas, where no originator is given.
        variables: Set on the channel; functions are written.
    """
    then = RunApplication(APPLICATION, f"{app},{app_args}" if app_args else app)
    what = _order(ari, endpoint, then, _ids(ari, channel_id, other_channel_id), "")
    before = _before(ari, texts(variables))
    channel = await _request(ari, what, originator, formats)
    await before(channel)
    await begin_stay(channel, then)
    return ari.view.channel(channel)


async def begin_stay(channel: CoreChannel, then: RunApplication) -> None:
    """Let a channel that nobody has a task for be in an application, and end with that."""
    channel.pbx.spawn(_stay(channel, then), name=channel.name)
    for _ in range(ROUNDS):
        if stay_of(channel) is not None or channel.is_finished:
            return
        await asyncio.sleep(0)


async def _stay(channel: CoreChannel, then: RunApplication) -> None:
    try:
        await channel.pbx.dialplan.execute(channel, then.name, then.data)
    finally:
        channel.finish()


@operation("POST", "/channels/{channelId}/dial", "dial", errors=(404, 409))
async def dial(
    ari: Request,
    channel_id: str,
    caller: str = "",
    timeout: int = 0,  # noqa: ASYNC109  # on the wire
) -> None:
    """Dial a channel that was created.

    Args:
        ari: The request.
        channel_id: Of the channel.
        caller: The channel that it is dialled for.
        timeout: Seconds to wait for the answer; 0: for ever.
    """
    channel = ari.stay(channel_id).channel
    if channel.state not in {ChannelState.DOWN, ChannelState.RESERVED}:
        raise AriError(409, "Channel is not in the Down state")
    if channel.datastore(_Dialled).is_dialled:
        raise AriError(409, "Channel is dialled already")
    channel.datastore(_Dialled).is_dialled = True
    if caller:
        asking = ari.channel(caller)
        channel.linked_id = asking.linked_id
        channel.inherit_variables(asking)
        if not channel.connected.is_number_known:
            channel.connected = asking.caller.copy()
    ari.pbx.spawn(_dial_created(channel, float(timeout) or None), name=f"dial {channel.name}")
    await asyncio.sleep(0)


class _Dialled:
    """Of one channel that was created."""

    def __init__(self) -> None:
        self.is_dialled = False


def _follow(hub: EventHub, name: str, channel: CoreChannel) -> None:
    """Let an application hear of a channel that was called for it, to its end."""
    topic = f"channel:{channel.unique_id}"
    application = hub.applications[name]
    application.subscribe(topic)

    def end() -> None:
        application.unsubscribe(topic)
        hub.tidy(application)

    channel.at_end(end)


async def _dial(channel: CoreChannel, what: Origination) -> None:
    await dial_channel(channel, what)


async def _dial_created(channel: CoreChannel, within: float | None) -> None:
    shown = channel.application, channel.data
    outcome = await Dialing(None, application=OUTGOING).run([channel], within=within)
    if outcome.answered is not None:
        channel.application, channel.data = shown


def _what_follows(
    pbx: Pbx, app: str, arguments: str, place: tuple[str, str, int | None, str]
) -> RunApplication | RunDialplan:
    context, extension, priority, label = place
    if app:
        return RunApplication(APPLICATION, f"{app},{arguments}" if arguments else app)
    if not extension:
        raise AriError(400, "Application or extension must be specified")
    where = context or "default"
    return RunDialplan(where, extension, place_of(outsider(pbx), where, extension, priority, label))


def _ids(ari: Request, channel_id: str, other: str) -> tuple[str, ...]:
    """What the channels are to be called; nobody else may be called so.

    Raises:
        AriError: 400: it cannot be called so; 409: one is called so already.
    """
    if not channel_id and not other:
        return ()
    ids = [channel_id or ari.pbx.next_unique_id(), other or f"{channel_id};2"]
    if any(len(each) > MAX_ID or not each.isprintable() for each in ids):
        raise AriError(400, "Uniqueid length exceeds maximum")
    if ids[0] == ids[1] or any(find_channel(ari.pbx, each) is not None for each in ids):
        raise AriError(409, "Channel with given unique ID already exists")
    return tuple(ids)


def _order(
    ari: Request,
    endpoint: str,
    then: RunApplication | RunDialplan,
    ids: tuple[str, ...],
    caller_id: str,
) -> Origination:
    technology, slash, resource = endpoint.partition("/")
    if not technology or not slash or not resource:
        raise AriError(400, "Invalid endpoint specified")
    if not ari.pbx.takes_calls:
        raise AriError(500, "No new calls are taken")
    caller = parse_caller_id(caller_id) if caller_id else CallerId()
    return Origination(endpoint, then, caller=caller, ids=ids)


async def _request(ari: Request, what: Origination, originator: str, formats: str) -> CoreChannel:
    """Make the channel.

    Raises:
        AriError: 400: it cannot be made, or there is no such originator.
    """
    asking = find_channel(ari.pbx, originator) if originator else None
    if originator and asking is None:
        raise AriError(400, "Provided originator channel was not found")
    try:
        channel = await request_channel(ari.pbx, what, asking)
    except RequestError as error:
        raise AriError(400, str(error)) from error
    if asking is not None:
        channel.inherit_variables(asking)
    elif formats and channel.name.startswith("PJSIP/"):
        try:
            waits = ari.pbx.dialplan.write_function(
                channel, "PJSIP_MEDIA_OFFER", "audio", f"!all,{formats}"
            )
            if waits is not None:
                await waits
        except DialplanError as error:
            request_hangup(channel)
            raise AriError(400, f"Invalid formats: {error}") from error
    return channel


def _before(ari: Request, variables: Mapping[str, str]) -> Callable[[CoreChannel], Awaitable[None]]:
    """Sets variables and writes functions on a channel that is to be dialled."""

    async def run(channel: CoreChannel) -> None:
        for name, value in variables.items():
            if is_function(name):
                with contextlib.suppress(AriError):
                    await write_variable(ari, channel, name, value)
            else:
                channel.set_variable(name, value)

    return run
