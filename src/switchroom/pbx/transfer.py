"""Sending one party of a bridge somewhere else: blind transfer, by a code or by an application."""

from __future__ import annotations

import logging
from enum import StrEnum

from switchroom.pbx.aside import Aside, ask_number, play_one, transfer_context
from switchroom.pbx.bridge import Departure, Left, Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.features import features_of
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import end_hold

logger = logging.getLogger(__name__)


class TransferResult(StrEnum):
    """What became of a transfer; the values are those of ``BLINDTRANSFERSTATUS``."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    INVALID = "INVALID"
    NOT_PERMITTED = "NOTPERMITTED"


def send_away(party: Party, context: str, extension: str, *, by: Channel) -> None:
    """Let a party go on in the dialplan; its bridge is over."""
    channel = party.channel
    channel.set_variable("BLINDTRANSFER", by.name)
    channel.set_variable("TRANSFERERNAME", by.name)
    channel.redirecting.sender.number = by.caller.number
    end_hold(channel)
    if party.has_task:
        channel.redirect(context, extension, 1)
    else:
        if party.bridge is not None:
            party.bridge.detach(party)
        channel.pbx.go_on(channel, context, extension, 1)


def transfer(party: Party, extension: str, context: str) -> TransferResult:
    """Send the other party to an extension; ``party`` is let go."""
    other, bridge, channel = party.peer, party.bridge, party.channel
    if other is None or bridge is None:
        return TransferResult.INVALID
    if not channel.pbx.dialplan.exists(channel, extension, 1, context):
        return TransferResult.FAILURE
    bridge.detach(party)
    logger.info("%s sends %s to %s@%s", channel.name, other.channel.name, extension, context)
    send_away(other, context, extension, by=channel)
    party.end(Left(Departure.PEER_LEFT, HangupCause.NORMAL_CLEARING))
    return TransferResult.SUCCESS


async def blind_transfer(party: Party) -> None:
    """The party keys where the other one shall go."""
    if party.peer is None:
        return
    aside = Aside(party)
    channel = party.channel
    number = ""

    async def ask() -> None:
        nonlocal number
        number = await ask_number(channel)
        if number:
            await play_one(channel, features_of(channel.pbx).transfer_sound)

    try:
        both = await aside.run(ask())
        if both and number:
            send_away(aside.other, transfer_context(channel), number, by=channel)
            aside.bridge.keeps_one = False
            aside.let_go()
            return
    finally:
        if aside.party.bridge is None and aside.bridge.keeps_one:
            aside.come_back()
"""Transfers: a party of a bridge goes elsewhere, and whoever sent it leaves."""

from __future__ import annotations

import asyncio

from switchroom.pbx.bridge import Departure, Left, party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.hangup_cause import HangupCause


def transfer_blindly(transferrer: Channel, context: str, extension: str) -> bool:
    """Send whom ``transferrer`` talks with to an extension.

    Returns:
        Whether it went; not where nobody is there, or the extension does not exist for it.
    """
    party = party_of(transferrer)
    peer = party.peer if party is not None else None
    if peer is None or peer.channel.is_hung_up:
        return False
    channel = peer.channel
    if not channel.pbx.dialplan.has_extension(context, extension, channel.caller.number):
        return False
    channel.set_variable("BLINDTRANSFER", transferrer.name)
    channel.redirect(context, extension, 1)
    return True


def transfer_attended(first: Channel, second: Channel) -> bool:
    """Join the two that somebody talks with over ``first`` and ``second``, who both leave.

    Returns:
        Whether they were joined; not where one of the two calls has nobody at its other end.
    """
    here, there = party_of(first), party_of(second)
    if here is None or there is None or here.bridge is None or there.bridge is None:
        return False
    peer, bridge = here.peer, there.bridge
    if peer is None or there.peer is None or bridge is here.bridge:
        return False
    left = here.bridge
    for name, value in (("TRANSFERERNAME", first.name), ("ATTENDEDTRANSFER", second.name)):
        peer.channel.set_variable(name, value)
    left.detach(peer)
    left.detach(here)
    bridge.detach(there)
    bridge.attach(peer)
    for spare in (here, there):
        spare.end(Left(Departure.REPLACED))
        # Whoever waits in its task must see that the other is not his any more before it ends.
        asyncio.get_running_loop().call_soon(spare.channel.hangup, HangupCause.NORMAL_CLEARING)
    return True
