"""A party that is dialled wants the call to go elsewhere: 302 Moved Temporarily, and its like."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from switchroom.pbx.channel import Channel, Progress, RequestError
from switchroom.pbx.channel_settings import ChannelSettings, variable_of
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.introduction import introduce

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Forward:
    """Of one dialled channel: where its party sends the call."""

    destination: str = ""  #: an extension, ``extension@context`` or ``Technology/resource``
    reason: str = "unknown"  #: as ``REDIRECTING(reason)`` has it


@dataclass(frozen=True, slots=True)
class CallForwarded:
    """The party of a dialled channel sent the call elsewhere, where it is dialled now."""

    channel: str
    caller: str  #: who dials; empty: nobody
    resource: str


def report_forward(channel: Channel, destination: str, reason: str = "cfu") -> None:
    """A driver reports that the party of a dialled channel forwards the call.

    Whoever dials calls ``destination`` instead, and hangs the channel up.

    Args:
        channel: Dialled, not answered.
        destination: An extension, ``extension@context`` or ``Technology/resource``.
        reason: As ``REDIRECTING(reason)`` has it.
    """
    forward = channel.datastore(Forward)
    forward.destination, forward.reason = destination, reason
    channel.on_progress(Progress.FORWARDED)


def forward_resource(channel: Channel) -> str:
    """What is dialled instead of a channel that forwards: a Local channel, unless it says more."""
    destination = channel.datastore(Forward).destination
    if "/" in destination:
        return destination
    extension, _, context = destination.partition("@")
    context = context or variable_of(channel, "FORWARD_CONTEXT") or channel.context
    return f"Local/{extension}@{context}"


async def request_forward(
    caller: Channel | None, channel: Channel, present: Callable[[Channel], None] | None = None
) -> Channel:
    """Make the channel that is dialled instead of one that forwards.

    Args:
        caller: Who dials.
        channel: The one that forwards.
        present: Tells the new one who calls; otherwise it learns what ``channel`` knew.

    Raises:
        RequestError: There is no such destination, or the call was forwarded too often.
    """
    left = channel.datastore(ChannelSettings).max_forwards
    if left <= 0:
        raise RequestError("forwarded too often", HangupCause.NORMAL_CIRCUIT_CONGESTION)
    forward = channel.datastore(Forward)
    resource = forward_resource(channel)
    logger.info("%s forwards the call to %s", channel.name, resource)
    if channel.pbx.events.wants(CallForwarded):
        by = caller.name if caller is not None else ""
        channel.pbx.events.publish(CallForwarded(channel.name, by, resource))
    new = await channel.pbx.request(resource, caller)
    if present is not None:
        present(new)
    else:
        introduce(new, channel.connected.copy(), channel.caller.copy())
    new.language, new.account_code = channel.language, new.account_code or channel.account_code
    new.inherit_variables(caller or channel)
    new.set_variable("FORWARDERNAME", channel.name)
    new.datastore(ChannelSettings).max_forwards = left - 1
    was, redirecting = channel.redirecting, new.redirecting
    redirecting.origin = was.origin.copy() if was.count else channel.caller.copy()
    redirecting.origin_reason = was.origin_reason if was.count else forward.reason
    redirecting.sender = channel.caller.copy()
    redirecting.target.number = forward.destination.rpartition("/")[2].partition("@")[0]
    redirecting.reason, redirecting.count = forward.reason, was.count + 1
    return new
