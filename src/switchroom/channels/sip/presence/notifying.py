"""NOTIFYs that nobody subscribed to: phones reboot, fetch their configuration, show something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchroom.channels.sip.added_headers import HeaderError, checked
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.reaching import OutsideRequest
from switchroom.channels.sip.unheard import UNHEARD
from switchroom.pbx.channel import Channel
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.message import Header
from switchroom.sip.session import SessionState
from switchroom.sip.uri import parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

#: What belongs to the message itself, beside what the stack writes.
_OWN = frozenset({"contact", "record-route", "route"})


@dataclass(frozen=True, slots=True)
class Notification:
    """What a NOTIFY says."""

    headers: tuple[Header, ...]
    body: bytes = b""


class NotifyTypes:
    """Those of ``pjsip_notify.conf``, by name; a datastore of the core."""

    def __init__(self) -> None:
        self.by_name: Mapping[str, Notification] = {}


def notification_of(pairs: Iterable[tuple[str, str]]) -> Notification:
    """Read headers, and ``Content`` lines that make the body.

    Raises:
        HeaderError: One is no header, or there are none at all.
    """
    headers: list[Header] = []
    body: list[str] = []
    for name, value in pairs:
        lowered = name.strip().lower()
        if lowered == "content":
            if "\r" in value or "\n" in value:
                raise HeaderError("a line of content has line ends")
            body.append(value)
        elif lowered == "content-type":
            headers.append(("Content-Type", checked("X", value)[1]))
        elif lowered not in _OWN and lowered not in {"content-length", "max-forwards"}:
            headers.append(checked(name, value))
    if not headers and not body:
        raise HeaderError("there is nothing to tell")
    if not any(name.lower() == "subscription-state" for name, _ in headers):
        headers.append(("Subscription-State", "terminated"))
    text = "".join(f"{line}\r\n" for line in body)
    return Notification(tuple(headers), text.encode("utf-8", "surrogateescape"))


async def notify_endpoint(service: SipService, endpoint: Endpoint, what: Notification) -> int:
    """Tell all contacts of an endpoint; returns how many there was a way to."""
    told = 0
    for contact in service.reach.contacts(endpoint):
        try:
            target = parse_uri(contact.uri)
        except RemoteSipError:
            continue
        request = OutsideRequest("NOTIFY", target, contact, what.headers, what.body)
        told += await service.reach.send(endpoint, request, UNHEARD)
    return told


async def notify_uri(service: SipService, uri: str, what: Notification) -> bool:
    """Tell whoever is at a URI; returns whether there was a way.

    Raises:
        RemoteSipError: It is no SIP URI.
    """
    settings = service.settings
    endpoint = settings.endpoints.get(settings.general.outbound_endpoint) or Endpoint("")
    target = parse_uri(uri.strip().removeprefix("<").removesuffix(">"))
    request = OutsideRequest("NOTIFY", target, None, what.headers, what.body)
    return await service.reach.send(endpoint, request, UNHEARD)


def notify_channel(channel: Channel, what: Notification) -> bool:
    """Tell the party of a call, within it; returns whether there is one."""
    driver = channel.driver
    session = driver.session if isinstance(driver, SipChannelDriver) else None
    if not isinstance(driver, SipChannelDriver) or session is None:
        return False
    if session.state not in {SessionState.ACCEPTED, SessionState.CONFIRMED}:
        return False
    headers = (session.contact, *what.headers)
    session.request_within("NOTIFY", now=driver.now, headers=headers, body=what.body, user=UNHEARD)
    driver.pump()
    return True
