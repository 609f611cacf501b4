"""``pjsip send notify``: NOTIFYs that nobody subscribed to."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.channels.sip.presence.notifying import (
    NotifyTypes,
    notify_channel,
    notify_endpoint,
    notify_uri,
)
from switchroom.channels.sip.technology import SipTechnology
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.sip.errors import RemoteSipError

_WAYS = ("endpoint", "uri", "channel")


def _complete(context: CliContext, arguments: Arguments) -> Iterable[str]:
    match len(arguments):
        case 0:
            return sorted(context.pbx.datastore(NotifyTypes).by_name)
        case 1:
            return _WAYS
        case _ if arguments[1] == "endpoint":
            return [each.name for each in context.sip.endpoints()]
        case _ if arguments[1] == "channel":
            return list(context.pbx.channels)
        case _:
            return ()


@command(
    "pjsip send notify",
    "pjsip send notify <type> {endpoint|uri|channel} <peer> [<peer>...]",
    complete=_complete,
)
async def send_notify(context: CliContext, arguments: Arguments) -> str:
    """Send a NOTIFY of a kind that ``pjsip_notify.conf`` has to endpoints, URIs or within calls."""
    if len(arguments) < 3 or arguments[1].lower() not in _WAYS:
        raise UsageError
    kind, way, *peers = arguments
    what = context.pbx.datastore(NotifyTypes).by_name.get(kind)
    if what is None:
        return f"Unable to find notify type '{kind}'\n"
    technology = context.pbx.technologies.get("PJSIP")
    if not isinstance(technology, SipTechnology):
        return "There is no SIP here\n"
    service, lines = technology.service, []
    for peer in peers:
        is_told = False
        if way.lower() == "endpoint":
            endpoint = service.settings.endpoints.get(peer)
            is_told = endpoint is not None and await notify_endpoint(service, endpoint, what) > 0
        elif way.lower() == "channel":
            channel = context.pbx.channels.get(peer)
            is_told = channel is not None and notify_channel(channel, what)
        else:
            try:
                is_told = await notify_uri(service, peer, what)
            except RemoteSipError as error:
                lines.append(f"{peer}: {error}\n")
                continue
        told = "Sending NOTIFY of type" if is_told else "There is no way for a NOTIFY of type"
        lines.append(f"{told} '{kind}' to '{peer}'\n")
    return "".join(lines)
