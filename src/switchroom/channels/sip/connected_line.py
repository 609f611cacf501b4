"""Who is at the other end, within a call: told by re-INVITE or UPDATE, and heard (RFC 3325, 4916).

A party learns it by P-Asserted-Identity and Remote-Party-ID, as its endpoint asks for them.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from switchroom.channels.sip.identity import identity_headers, told_party
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.connected_line import connect_line, is_same
from switchroom.sip.errors import LocalSipError
from switchroom.sip.flow import host_for_uri
from switchroom.sip.message import Header, Message
from switchroom.sip.session import Session, SessionState

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver

logger = logging.getLogger(__name__)

LATER = 1.0  #: seconds until it is told where another offer is open
ATTEMPTS = 5


def line_headers(driver: SipChannelDriver) -> list[Header]:
    """What the party of a driver is told of whom it is connected with; often nothing."""
    endpoint = driver.endpoint
    if not endpoint.line.sends:
        return []
    role = "called" if driver.session is not None and driver.session.incoming else "calling"
    host = host_for_uri(driver.advertised_host)
    return identity_headers(driver.channel.connected, endpoint, host=host, role=role)


def tell_line(driver: SipChannelDriver, attempts: int = ATTEMPTS) -> None:
    """Tell the party of a driver whom it is connected with now."""
    session, headers = driver.session, line_headers(driver)
    if session is None or session.is_ended or not headers:
        return
    now = asyncio.get_running_loop().time()
    match session.state:
        case SessionState.INCOMING if driver.endpoint.line.before_answer:
            session.provisional(180 if driver.has_rung else 183, now=now, headers=headers)
        case SessionState.CONFIRMED:
            try:
                _send(session, headers, by_update=driver.endpoint.line.by_update, now=now)
            except LocalSipError:  # another offer is open
                _tell_later(driver, attempts)
        case SessionState.ACCEPTED:
            _tell_later(driver, attempts)
        case _:
            pass  # the answer, or the INVITE, tells it
    driver.pump()


def _tell_later(driver: SipChannelDriver, attempts: int) -> None:
    if attempts > 1:
        asyncio.get_running_loop().call_later(LATER, tell_line, driver, attempts - 1)


def _send(session: Session, headers: list[Header], *, by_update: bool, now: float) -> None:
    if by_update and session.peer_takes_update:
        contact = session.contact
        session.request_within("UPDATE", now=now, headers=(contact, *headers))
    else:
        session.offer(session.local_sdp, now=now, headers=headers)


def hear_line(driver: SipChannelDriver, message: Message) -> None:
    """A message of the party may say who it is now; whoever talks with it is told."""
    told = told_party(message, driver.endpoint) if driver.endpoint.line.trusts else None
    channel = driver.channel
    if told is None or is_same(told, channel.caller):
        return
    caller = channel.caller
    caller.name, caller.number = told.name, told.number
    caller.name_known = caller.number_known = None
    caller.name_presentation = told.name_presentation
    caller.number_presentation = told.number_presentation
    party = party_of(channel)
    if party is not None and party.peer is not None:
        connect_line(party.peer.channel, caller)
