"""Sending one party of a bridge somewhere else: blind transfer, by a code or by an application."""

from __future__ import annotations

import logging
from enum import StrEnum

from switchroom.pbx.bridging.bridge import Departure, Left, Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import TransferDone
from switchroom.pbx.features import Features, features_for
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import end_hold
from switchroom.pbx.transfers.aside import Aside, ask_number, play_one, transfer_context

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
    if channel.pbx.events.wants(TransferDone):
        bridge = party.bridge.id if party.bridge is not None else ""
        channel.pbx.events.publish(TransferDone(by.name, channel.name, bridge, context, extension))
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
            await play_one(channel, features_for(channel).transfer_sound)

    try:
        both = await aside.run(ask())
        park_in = channel.pbx.datastore(Features).park_in
        lot = _parking_lot(channel, number) if both and number else None
        if lot is not None and park_in is not None:
            aside.come_back()
            await park_in(party, lot)
        elif both and number:
            send_away(aside.other, transfer_context(channel), number, by=channel)
            aside.bridge.keeps_one = False
            aside.let_go()
    finally:
        if aside.party.bridge is None and aside.bridge.keeps_one:
            aside.come_back()


def _parking_lot(channel: Channel, extension: str) -> str | None:
    """The parking lot that an extension parks in, as it is written; None where it does not park.

    Who transfers there stays long enough to hear the space.
    """
    step = channel.pbx.dialplan.step_at(channel, transfer_context(channel), extension, 1)
    if step is None or step[0].lower() != "park":
        return None
    return step[1].partition(",")[0].strip()
