"""Transfers that phones ask for by REFER, and those that we ask a party for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from switchroom.channels.sip.transfers.refer_progress import offer_to_programs, tell_progress
from switchroom.channels.sip.transfers.replacing import call_to_replace
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.bridging.joining import join_peers
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import variable_of
from switchroom.pbx.holding import end_hold
from switchroom.pbx.transfers.by_program import ProgramTransfers, TransferWanted
from switchroom.pbx.transfers.transfer import transfer
from switchroom.sip.client import OutgoingRequest
from switchroom.sip.errors import LocalSipError, RemoteSipError
from switchroom.sip.flow import host_for_uri
from switchroom.sip.message import Response
from switchroom.sip.refer import Refer, parse_refer
from switchroom.sip.replaces import TAG as REPLACES
from switchroom.sip.replaces import Replaces
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session, SessionState
from switchroom.sip.uri import SipUri, parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver

logger = logging.getLogger(__name__)

TRANSFER_TIMEOUT = 40.0  #: seconds; longer than a transaction lives
#: The extension that calls made by a transfer to another server are led through, where it is there.
EXTERNAL = "external_replaces"


def on_refer(driver: SipChannelDriver, incoming: IncomingRequest, *, now: float) -> None:
    """A party asks us to send whom it talks with elsewhere."""
    session = driver.session
    events, programs = driver.channel.pbx.events, driver.channel.datastore(ProgramTransfers)
    is_for_programs = programs.is_on and events.wants(TransferWanted)
    if session is None or not (driver.takes_transfers or is_for_programs):
        incoming.respond(603, now=now)
        return
    try:
        refer = parse_refer(incoming.request)
    except RemoteSipError as error:
        incoming.respond(error.sip_status, now=now, reason=f"Bad Request - {error}")
        return
    if is_for_programs:
        incoming.respond(202, now=now)
        if refer.wants_notify:
            tell_progress(session, incoming.request.cseq[0], 100, now=now)
        other = _sibling(driver, refer.replaces) if refer.replaces is not None else None
        offer_to_programs(driver, session, incoming.request.cseq[0], refer, other)
        return
    context = variable_of(driver.channel, "TRANSFER_CONTEXT") or driver.endpoint.context
    if not _may_go(driver, refer, context):
        incoming.respond(404, now=now)
        return
    number = incoming.request.cseq[0]
    if refer.wants_notify:
        incoming.respond(202, now=now)
        tell_progress(session, number, 100, now=now)
    else:
        incoming.respond(202, now=now, headers=[("Refer-Sub", "false")])
    if not refer.wants_notify:
        _carry_out(driver, refer, context)
        return
    # Told before it is done: the dialog that the NOTIFY travels in ends with the transfer.
    status = _outlook(driver, refer)
    tell_progress(session, number, status, now=now)
    if status < 300:
        _carry_out(driver, refer, context)


def _may_go(driver: SipChannelDriver, refer: Refer, context: str) -> bool:
    """Whether the dialplan lets a party send somebody there.

    A call to another server is no exception: otherwise whoever makes up a Replaces could call
    whatever a trunk leads to.
    """
    has_extension = driver.channel.pbx.dialplan.has_extension
    if refer.replaces is not None:
        if _sibling(driver, refer.replaces) is not None or _is_ours(driver, refer.target):
            return True
        if has_extension(context, EXTERNAL):
            return True
    return has_extension(context, refer.target.user or "s")


def _outlook(driver: SipChannelDriver, refer: Refer) -> int:
    """The status that tells whether a transfer can be made."""
    party = party_of(driver.channel)
    has_peer = party is not None and party.peer is not None
    if refer.replaces is not None and _sibling(driver, refer.replaces) is None:
        return 200 if has_peer and not _is_ours(driver, refer.target) else 481
    return 200 if party is not None and party.others else 603


def _carry_out(driver: SipChannelDriver, refer: Refer, context: str) -> None:
    party = party_of(driver.channel)
    other = _sibling(driver, refer.replaces) if refer.replaces is not None else None
    if other is not None:
        join_peers(driver.channel, other)
    elif party is not None and refer.replaces is None:
        if party.peer is not None:
            _note_refer(party.peer.channel, refer, context)
        transfer(party, refer.target.user or "s", context)
    elif party is not None and party.peer is not None and not _is_ours(driver, refer.target):
        if driver.channel.pbx.dialplan.has_extension(context, EXTERNAL):
            _note_refer(party.peer.channel, refer, context)
            party.peer.channel.set_variable("__SIPREPLACESHDR", str(refer.replaces))
            transfer(party, EXTERNAL, context)
        else:
            _call_elsewhere(driver, party.peer.channel, refer)


def _sibling(driver: SipChannelDriver, replaces: Replaces) -> Channel | None:
    """The channel of another call of the same endpoint, as a Replaces names it."""
    other = driver.service.driver_of(replaces.call_id, replaces.local_tag)
    if other is None or other.endpoint.name != driver.endpoint.name or other is driver:
        return None
    session = other.session
    is_same = session is not None and session.dialog.remote_tag == replaces.remote_tag
    return other.channel if is_same else None


def _is_ours(driver: SipChannelDriver, target: SipUri) -> bool:
    """Whether a URI names this side, as the party sees it."""
    host, port = driver.service.advertised(driver.flow)
    return target.host.strip("[]") == host and (target.port or 5060) == port


def _note_refer(channel: Channel, refer: Refer, context: str) -> None:
    """Tell the dialplan of whoever is transferred what was asked for."""
    channel.set_variable("SIPTRANSFER", "yes")
    channel.set_variable("SIPREFERRINGCONTEXT", context)
    channel.set_variable("SIPREFERTOHDR", f"<{refer.target}>")
    if refer.referred_by:
        channel.set_variable("__SIPREFERREDBYHDR", refer.referred_by)


def _call_elsewhere(driver: SipChannelDriver, channel: Channel, refer: Refer) -> None:
    """The other of the two calls is at another server: call there, in its place."""
    session = driver.session
    assert session is not None
    endpoint = driver.service.endpoint_at(refer.target.host) or driver.endpoint
    resource = f"{endpoint.technology}/{endpoint.name}/{refer.target}"
    headers = [
        ("Replaces", str(refer.replaces)),
        ("Require", REPLACES),
        ("Referred-By", refer.referred_by or f"<{session.dialog.remote.uri}>"),
    ]
    end_hold(channel)
    call_to_replace(channel, resource, headers)


class _Outcome:
    """Waits for the status that a REFER gets."""

    def __init__(self) -> None:
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if response.status >= 200 and not self.status.done():
            self.status.set_result(response.status)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if not self.status.done():
            self.status.set_result(408)


def target_of(destination: str, session: Session) -> SipUri:
    """A destination as a URI; a number alone is one of ours.

    Raises:
        RemoteSipError: It is no URI.
    """
    text = destination.strip().removeprefix("<").removesuffix(">")
    if text.lower().startswith(("sip:", "sips:")):
        return parse_uri(text)
    if "@" in text:
        return parse_uri(f"sip:{text}")
    host, port = session.stack.advertised(session.flow)
    return parse_uri(f"sip:{text}@{host_for_uri(host)}:{port}")


async def send_elsewhere(driver: SipChannelDriver, destination: str) -> int:
    """Have the party call somebody else; returns 0, or the status that it answers with."""
    session = driver.session
    if session is None or session.is_ended:
        return 481
    try:
        target = target_of(destination, session)
        if redirect(session, target, now=driver.now):
            return 0
        found = await ask_to_call(session, target, driver.pump)
    except (RemoteSipError, LocalSipError, TimeoutError) as error:
        logger.warning("%s: cannot transfer to %s: %s", driver.channel.name, destination, error)
        return 400
    return 0 if found < 300 else found


async def ask_to_call(session: Session, target: SipUri, pump: Callable[[], None]) -> int:
    """Ask the party of an established session to call somebody else; returns its status.

    Raises:
        LocalSipError: The session is not established.
        TimeoutError: There is no answer at all.
    """
    outcome = _Outcome()
    now = asyncio.get_running_loop().time()
    headers = (
        session.contact,
        ("Refer-To", f"<{target}>"),
        ("Referred-By", f"<{session.dialog.local.uri}>"),
    )
    session.request_within("REFER", now=now, headers=headers, user=outcome)
    pump()
    async with asyncio.timeout(TRANSFER_TIMEOUT):
        return await outcome.status


def redirect(session: Session, target: SipUri, *, now: float) -> bool:
    """Send a caller that was not answered elsewhere (302); returns whether it was one."""
    if session.state is not SessionState.INCOMING:
        return False
    session.refuse(302, now=now, headers=[("Contact", f"<{target}>")])
    return True
