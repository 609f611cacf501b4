"""PJSIPNotify: a NOTIFY that nobody subscribed to: phones reboot, or fetch their configuration."""

from __future__ import annotations

from switchroom.ami.actions.originate import variables_of
from switchroom.ami.privileges import Privilege
from switchroom.ami.registry import action
from switchroom.ami.reply import ActionError, Reply, done
from switchroom.ami.request import Request
from switchroom.channels.sip.added_headers import HeaderError
from switchroom.channels.sip.presence.notifying import (
    Notification,
    NotifyTypes,
    notification_of,
    notify_channel,
    notify_endpoint,
    notify_uri,
)
from switchroom.channels.sip.service import SipService
from switchroom.sip.errors import RemoteSipError


@action("PJSIPNotify", Privilege.SYSTEM)
async def pjsip_notify(request: Request) -> Reply:
    """Send a NOTIFY to the contacts of an endpoint, to a URI, or within a channel's call."""
    service = request.context.sip.service
    if service is None:
        raise ActionError("SIP is not up")
    what = _content(request)
    if uri := request.get("URI"):
        try:
            if not await notify_uri(service, uri, what):
                raise ActionError(f"There is no way to {uri}")
        except RemoteSipError as error:
            raise ActionError(f"{uri}: {error}") from error
        return done("NOTIFY sent")
    if name := request.get("Channel"):
        channel = request.context.pbx.channels.get(name)
        if channel is None or not notify_channel(channel, what):
            raise ActionError(f"{name} has no call")
        return done("NOTIFY sent")
    name = request.required("Endpoint", "PJSIPNotify requires an Endpoint, a URI or a channel")
    await _send_to_endpoint(service, name, what)
    return done("NOTIFY sent")


@action("SIPnotify", Privilege.SYSTEM)
async def sip_notify(request: Request) -> Reply:
    """Send a NOTIFY to a peer of sip.conf."""
    name = request.required("Channel", "SIPNotify requires a channel name")
    service = request.context.sip.service
    if service is None:
        raise ActionError("SIP is not up")
    await _send_to_endpoint(service, name.removeprefix("SIP/"), _content(request))
    return done("Notify Sent")


async def _send_to_endpoint(service: SipService, name: str, what: Notification) -> None:
    endpoint = service.settings.endpoints.get(name)
    if endpoint is None:
        raise ActionError("Unable to retrieve endpoint")
    if not await notify_endpoint(service, endpoint, what):
        raise ActionError(f"{name} has no contact")


def _content(request: Request) -> Notification:
    """What is told: by ``Variable`` lines, or as a section of pjsip_notify.conf."""
    if option := request.get("Option"):
        named = request.context.pbx.datastore(NotifyTypes).by_name.get(option)
        if named is None:
            raise ActionError(f"There is no [{option}] in pjsip_notify.conf")
        return named
    pairs = [pair for header in request.action.all("Variable") for pair in variables_of([header])]
    if not pairs:
        raise ActionError("PJSIPNotify requires at least one Variable, or an Option")
    try:
        return notification_of(pairs)
    except HeaderError as error:
        raise ActionError(str(error)) from error
