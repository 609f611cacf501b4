"""Sending one party of a bridge somewhere else: blind transfer, by a code or by an application."""

from __future__ import annotations

import logging
from enum import StrEnum

from switchroom.pbx.bridging.bridge import Bridge, Departure, Left, Party, hang_up_afterwards
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, HangupError, RequestError
from switchroom.pbx.dialing import Dialing
from switchroom.pbx.events import TransferDone
from switchroom.pbx.features import Features, features_for
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.holding import end_hold
from switchroom.pbx.introduction import introduce
from switchroom.pbx.transfers.aside import Aside, ask_number, play_one, transfer_context

logger = logging.getLogger(__name__)


class TransferResult(StrEnum):
    """What became of a transfer; the values are those of ``BLINDTRANSFERSTATUS``."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    INVALID = "INVALID"
    NOT_PERMITTED = "NOTPERMITTED"


def tell_transfer(party: Party, context: str, extension: str, *, by: Channel) -> None:
    """Tell that a party is sent elsewhere, while both are still in their bridge."""
    channel = party.channel
    if channel.pbx.events.wants(TransferDone):
        bridge = party.bridge.id if party.bridge is not None else ""
        channel.pbx.events.publish(TransferDone(by.name, channel.name, bridge, context, extension))


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


def send_on(bridge: Bridge, context: str, extension: str, *, by: Channel) -> None:
    """Send on whoever is in a bridge that somebody has left: one by himself, several together."""
    names = ", ".join(each.channel.name for each in bridge.parties)
    logger.info("%s sends %s to %s@%s", by.name, names, extension, context)
    if len(bridge.parties) == 1:
        send_away(bridge.parties[0], context, extension, by=by)
    else:
        by.pbx.spawn(_call_in(bridge, context, extension, by), name=by.name)


async def _call_in(bridge: Bridge, context: str, extension: str, by: Channel) -> None:
    """Several go on talking, and an extension is called to talk with them."""
    pbx = by.pbx
    try:
        called = await pbx.request(f"Local/{extension}@{context}", by)
    except RequestError as error:
        logger.warning("%s: transfer: %s", by.name, error)
        return
    introduce(called, by.caller.copy(), CallerId(number=extension))
    called.language = by.language
    called.inherit_variables(by)
    for name in ("BLINDTRANSFER", "TRANSFERERNAME"):
        called.set_variable(name, by.name)
    if pbx.events.wants(TransferDone):
        pbx.events.publish(TransferDone(by.name, called.name, bridge.id, context, extension))
    forget = bridge.at_end(called.hangup)  # nobody is there who would talk to it
    try:
        dialing = Dialing(None, application="AppDial")
        if (await dialing.run([called], within=None)).answered is not None:
            await bridge.join(Party(called, afterwards=hang_up_afterwards))
    except HangupError:
        logger.debug("%s hung up when it was to join others", called.name)
    finally:
        forget()


def transfer(party: Party, extension: str, context: str) -> TransferResult:
    """Send the other party to an extension, or call that in for several; ``party`` is let go."""
    bridge, channel = party.bridge, party.channel
    if bridge is None or not party.others:
        return TransferResult.INVALID
    if not channel.pbx.dialplan.exists(channel, extension, 1, context):
        return TransferResult.FAILURE
    if len(bridge.parties) == 2:
        tell_transfer(party.others[0], context, extension, by=channel)
    bridge.detach(party)
    send_on(bridge, context, extension, by=channel)
    party.end(Left(Departure.PEER_LEFT, HangupCause.NORMAL_CLEARING))
    return TransferResult.SUCCESS


async def blind_transfer(party: Party) -> None:
    """The party keys where the other one shall go, or whom the others shall talk with."""
    if not party.others:
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
        is_one = len(aside.bridge.parties) == 1
        lot = _parking_lot(channel, number) if both and number and is_one else None
        if lot is not None and park_in is not None:
            aside.come_back()
            await park_in(party, lot)
        elif both and number:
            if len(aside.bridge.parties) == 1:
                there = aside.bridge.parties[0]
                tell_transfer(there, transfer_context(channel), number, by=channel)
            aside.bridge.keeps_one = False
            send_on(aside.bridge, transfer_context(channel), number, by=channel)
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
