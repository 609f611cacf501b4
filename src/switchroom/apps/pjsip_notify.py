"""PJSIPNotify(): a NOTIFY to a phone, within its call or outside of any.

Family: SIP
"""

from __future__ import annotations

from switchroom.base.errors import BadArgumentsError
from switchroom.channels.sip.added_headers import HeaderError
from switchroom.channels.sip.presence.notifying import (
    Notification,
    NotifyTypes,
    notification_of,
    notify_channel,
    notify_endpoint,
    notify_uri,
)
from switchroom.channels.sip.technology import SipTechnology
from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel
from switchroom.sip.errors import RemoteSipError


@application("PJSIPNotify")
async def pjsip_notify(channel: Channel, to: str, content: Rest) -> None:
    """Send a NOTIFY that nobody subscribed to.

    Args:
        channel: The channel.
        to: A URI or an endpoint; empty: the party of this channel, within its call.
        content: A kind of ``pjsip_notify.conf``, or ``Name=value`` of headers, joined by ``&``;
            ``Content=…`` is a line of the body.

    Examples:
        PJSIPNotify(<sip:alice@192.0.2.7>,Event=check-sync)
        PJSIPNotify(,Event=talk&X-Line=2)
    """
    what = _notification(channel, content)
    if not to.strip():
        notify_channel(channel, what)
        return
    technology = channel.pbx.technologies.get("PJSIP")
    if not isinstance(technology, SipTechnology):
        raise BadArgumentsError("PJSIPNotify: there is no SIP here")
    service = technology.service
    endpoint = service.settings.endpoints.get(to.strip())
    try:
        if endpoint is not None:
            await notify_endpoint(service, endpoint, what)
        else:
            await notify_uri(service, to, what)
    except RemoteSipError as error:
        raise BadArgumentsError(f"PJSIPNotify: {to!r}: {error}") from error


def _notification(channel: Channel, content: str) -> Notification:
    named = channel.pbx.datastore(NotifyTypes).by_name.get(content.strip())
    if named is not None:
        return named
    parts = (part.partition("=") for part in content.split("&") if part.strip())
    try:
        return notification_of((name.strip(), value) for name, _, value in parts)
    except HeaderError as error:
        raise BadArgumentsError(f"PJSIPNotify: {error}") from error
