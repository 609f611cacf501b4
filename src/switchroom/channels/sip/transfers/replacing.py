"""Calls that take the place of others: INVITEs with Replaces, theirs and ours (RFC 3891)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from switchroom.channels.sip.added_headers import AddedHeaders
from switchroom.pbx.bridging.bridge import Departure, Left, Party, bridge, party_of
from switchroom.pbx.channel import Channel, ChannelState, RequestError
from switchroom.pbx.dialing import Dialing, dialing_of
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import end_hold
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.message import Header
from switchroom.sip.replaces import ALREADY_ANSWERED, NOT_FOUND, Replaces

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

RING_FOR = 60.0  #: seconds that a call which a transfer makes to another server may ring


def find_replaced(service: SipService, replaces: Replaces) -> Channel:
    """The channel whose place an INVITE may take.

    Raises:
        RemoteSipError: None, or not in this state; ``sip_status`` says which (RFC 3891 §3).
    """
    driver = service.driver_of(replaces.call_id, replaces.local_tag)
    session = driver.session if driver is not None else None
    if driver is None or session is None or session.dialog.remote_tag != replaces.remote_tag:
        raise RemoteSipError("Call Does Not Exist", NOT_FOUND)
    channel = driver.channel
    if channel.is_hung_up:
        raise RemoteSipError("Declined", 603)
    is_up = channel.state is ChannelState.UP
    if is_up and replaces.early_only:
        raise RemoteSipError("Busy Here", ALREADY_ANSWERED)
    if not is_up and dialing_of(channel) is None:
        # An early dialog that somebody else began cannot be replaced.
        raise RemoteSipError("Call Does Not Exist", NOT_FOUND)
    return channel


def replace(old: Channel, new: Channel) -> None:
    """Let ``new``, a call that came in, take the place of ``old``; instead of its dialplan."""
    new.diversion = lambda: _replace(old, new)
    new.pbx.start(new)


async def _replace(old: Channel, new: Channel) -> None:
    await new.answer()
    dialing = dialing_of(old)
    if old.is_hung_up:
        return
    logger.info("%s takes the place of %s", new.name, old.name)
    if dialing is not None and old.state is not ChannelState.UP:
        party = Party(new)
        dialing.pick_up(party)
        await _stay(party)
    elif (party_there := party_of(old)) is not None:
        party = Party(new, keys=party_there.keys)
        await party.open()
        _swap(old, party)
        await _stay(party)
    else:
        _take_position(old, new)


async def _stay(party: Party) -> None:
    left = await party.stay()
    party.channel.hangup(left.cause)


def _swap(old: Channel, fresh: Party) -> None:
    """Whoever ``old`` talks with talks with the other one from here on."""
    party = party_of(old)
    if party is None or party.bridge is None:  # left while the audio was opened
        fresh.end(Left(Departure.PEER_LEFT))
        return
    if party.peer is not None:
        end_hold(party.peer.channel)
    joint = party.bridge
    joint.detach(party)
    joint.attach(fresh)
    party.end(Left(Departure.REPLACED))
    # Whoever waits in its task must see that the other is not his any more before it ends.
    asyncio.get_running_loop().call_soon(old.hangup, HangupCause.NORMAL_CLEARING)


def _take_position(old: Channel, new: Channel) -> None:
    """It talks with the dialplan: that begins the same priority again, for the other one."""
    new.variables = {**old.variables, **new.variables}
    new.goto(old.context, old.extension, old.priority)
    old.hangup(HangupCause.NORMAL_CLEARING)


def call_to_replace(channel: Channel, resource: str, headers: list[Header]) -> None:
    """Connect ``channel`` with a call elsewhere that takes the place of another one there.

    Args:
        channel: Whoever is transferred.
        resource: What to dial.
        headers: Of the INVITE, Replaces among them.
    """

    async def call() -> None:
        try:
            called = await channel.pbx.request(resource, channel)
        except RequestError as error:
            logger.warning("%s: cannot be transferred: %s", channel.name, error)
            channel.hangup(error.cause)
            return
        called.datastore(AddedHeaders).headers += headers
        outcome = await Dialing(channel).run([called], within=RING_FOR)
        if outcome.answered is None:
            channel.hangup(outcome.cause or HangupCause.NO_ANSWER)
            return
        left = await bridge(channel, outcome.answered)
        channel.hangup(left.cause)

    channel.divert(call)
