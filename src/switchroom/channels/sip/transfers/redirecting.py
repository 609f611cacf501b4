"""Called parties that send the call elsewhere: 300, 301, 302 (RFC 3261 §8.1.3.4, §21.3)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from switchroom.channels.sip.identity import reason_of_diversion
from switchroom.pbx.dialing import dialing_of
from switchroom.pbx.transfers.forwarding import report_forward
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr, parse_name_addrs
from switchroom.sip.message import Response
from switchroom.sip.uri import SipUri, parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver

logger = logging.getLogger(__name__)

MAX_REDIRECTIONS = 5  #: that one call follows by itself


def follow(driver: SipChannelDriver, response: Response | None) -> bool:
    """Do what ``redirect_method`` asks for with a 3xx; returns whether the call goes on.

    ``user``: the number in the Contact is dialled as an extension. ``uri_core``: the Contact is
    dialled, by a new channel. ``uri_pjsip``: this channel calls there itself.
    """
    channel = driver.channel
    target = _target(response) if response is not None else None
    if response is None or target is None or channel.is_hung_up:
        return False
    method = driver.endpoint.redirect_method
    if method == "uri_pjsip":
        return _call_again(driver, target)
    if dialing_of(channel) is None:
        return False
    endpoint = driver.endpoint
    resource = f"{endpoint.technology}/{endpoint.name}/{target}"
    destination = target.user if method == "user" else resource
    if not destination:
        return False
    report_forward(channel, destination, reason_of_diversion(response))
    return True


def _call_again(driver: SipChannelDriver, target: SipUri) -> bool:
    if driver.redirections >= MAX_REDIRECTIONS:
        logger.warning("%s: redirected too often", driver.channel.name)
        return False
    driver.redirections += 1
    logger.info("%s: redirected to %s", driver.channel.name, target)
    driver.channel.pbx.spawn(driver.call_at(target), name=driver.channel.name)
    return True


def _target(response: Response) -> SipUri | None:
    """The Contact that is preferred most, if it can be called."""
    try:
        contacts = parse_name_addrs(response.fields.get("contact", []))
        best = max(contacts, key=_preference, default=None)
        uri = parse_uri(best.uri) if best is not None else None
    except RemoteSipError as error:
        logger.info("a redirection that cannot be followed: %s", error)
        return None
    if uri is None:
        return None
    return SipUri(uri.scheme, uri.user, uri.host, uri.port, uri.parameters)


def _preference(contact: NameAddr) -> float:
    try:
        return float(contact.parameters.get("q", "1"))
    except ValueError:
        return 0.0
