"""Pickup(), PickupChan(): answer a call that rings at somebody else's phone.

Family: Calls
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.bridging.bridge import Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.dialing import dialing_of
from switchroom.pbx.events import PickedUp
from switchroom.pbx.feature_codes import keys_of
from switchroom.pbx.features import features_for
from switchroom.pbx.transfers.aside import play_one

logger = logging.getLogger(__name__)

MARK = "PICKUPMARK"


@dataclass(frozen=True, slots=True)
class PickupChanOptions:
    """Option letters of PickupChan."""

    partial: bool = option("p", "The name may be the beginning of the channel's.")


@application("Pickup")
async def pickup(channel: Channel, *targets: str) -> None:
    """Answer a call that rings elsewhere; its caller talks to this channel then.

    Where nobody calls but a program that originates, this channel gets what was to follow. Goes on
    where nothing rings that may be picked up.

    Args:
        channel: The channel.
        targets: ``extension[@context]``, joined by ``&``; ``name@PICKUPMARK`` is the channel whose
            variable PICKUPMARK is that. Nothing: one whose call group is a pickup group of this
            channel.

    Examples:
        exten => _*8X.,1,Pickup(${EXTEN:2})
         same => n,Playback(beeperr)
        exten => *9,1,Pickup()
    """
    wanted = [part.strip() for part in "&".join(targets).split("&") if part.strip()]
    for ringing in _ringing(channel):
        if any(_is_wanted(channel, ringing, each) for each in wanted) or (
            not wanted and _is_in_group(channel, ringing)
        ):
            await _pick_up(channel, ringing)
            return
    await play_one(channel, features_for(channel).pickup_failure_sound)


@application("PickupChan")
async def pickup_channel(
    channel: Channel, names: str, options: PickupChanOptions = PickupChanOptions()
) -> None:
    """Answer the call that rings at a channel.

    Args:
        channel: The channel.
        names: Of channels that ring, joined by ``&``.
        options: Option letters.

    Examples:
        exten => *81,1,PickupChan(PJSIP/101,p)
    """
    wanted = [name.strip().lower() for name in names.split("&") if name.strip()]
    for ringing in _ringing(channel):
        name = ringing.name.lower()
        device = name.rpartition("-")[0]
        if any(
            each in {name, device} or (options.partial and name.startswith(each)) for each in wanted
        ):
            await _pick_up(channel, ringing)
            return
    await play_one(channel, features_for(channel).pickup_failure_sound)


def _ringing(channel: Channel) -> Iterable[Channel]:
    """Those that are dialled for somebody, and have not answered, the oldest first."""
    for each in list(channel.pbx.channels.values()):
        dialing = dialing_of(each)
        if dialing is None or not dialing.may_be_picked_up:
            continue
        if channel not in {each, dialing.caller}:
            yield each


def _is_wanted(channel: Channel, ringing: Channel, text: str) -> bool:
    name, _, context = text.partition("@")
    if context == MARK:
        return ringing.variables.get(MARK, "") == name
    dialing = dialing_of(ringing)
    caller = dialing.caller if dialing is not None else None
    contexts = {ringing.context, caller.context if caller is not None else ""}
    return ringing.extension == name and (context or channel.context) in contexts


def _is_in_group(channel: Channel, ringing: Channel) -> bool:
    mine, theirs = channel.datastore(ChannelSettings), ringing.datastore(ChannelSettings)
    return bool(
        mine.pickup_groups & theirs.call_groups
        or set(mine.named_pickup_groups) & set(theirs.named_call_groups)
    )


async def _pick_up(channel: Channel, ringing: Channel) -> None:
    await channel.answer()
    await play_one(channel, features_for(channel).pickup_sound)
    dialing = dialing_of(ringing)
    party = Party(channel, keys=keys_of(channel))
    if dialing is None or not dialing.pick_up(party):  # answered meanwhile
        await play_one(channel, features_for(channel).pickup_failure_sound)
        return
    logger.info("%s picks up the call that rings at %s", channel.name, ringing.name)
    if channel.pbx.events.wants(PickedUp):
        channel.pbx.events.publish(PickedUp(channel.name, ringing.name))
    left = await party.stay()
    channel.hangup(left.cause)
