"""Bridge(), BridgeAdd(): talk to a channel that is there already.

Family: Calls
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from switchroom.apps.dialing.call_limits import read_limits, watch_limits
from switchroom.apps.dialing.options import BARE, commas
from switchroom.apps.prompts import play_prompts
from switchroom.dialplan.options import option
from switchroom.dialplan.places import parse_place
from switchroom.dialplan.registry import application
from switchroom.pbx.bridging.bridge import Bridge, Departure, Party, party_of
from switchroom.pbx.bridging.holding_bridge import HoldingBridge
from switchroom.pbx.channel import Channel, ChannelState, Progress
from switchroom.pbx.channel_search import find_channel
from switchroom.pbx.feature_codes import Rights, keys_of


@dataclass(frozen=True, slots=True)
class BridgeOptions:
    """Option letters of Bridge."""

    beep: bool = option("p", "Play a beep to both before.")
    other_goes_on: str = option(
        "F", "The other goes on at a place when this one hangs up; nothing: behind here.",
        default="", bare=BARE,
    )  # fmt: skip
    other_ends: bool = option("h", "The other may hang up by a code.")
    this_ends: bool = option("H", "This one may hang up by a code.")
    other_parks: bool = option("k", "The other may park the call by a code.")
    this_parks: bool = option("K", "This one may park the call by a code.")
    limit: str = option("L", "Limit in ms, when to warn, how often: ``x:y:z``.", default="")
    no_answer: bool = option("n", "Do not answer first.")
    seconds: float = option("S", "End it after so many seconds.", default=0.0)
    other_transfers: bool = option("t", "The other may transfer by a code.")
    this_transfers: bool = option("T", "This one may transfer by a code.")
    other_records: bool = option("w", "The other may record by a code.")
    this_records: bool = option("W", "This one may record by a code.")
    goes_on: bool = option("x", "The other goes on where it was when this one hangs up.")


@application("Bridge")
async def bridge(channel: Channel, other: str, options: BridgeOptions = BridgeOptions()) -> None:
    """Talk to another channel, which leaves what it does, until one of both hangs up.

    Args:
        channel: The channel.
        other: Its name.
        options: Option letters.

    Variables:
        BRIDGERESULT: SUCCESS, FAILURE, LOOP or NONEXISTENT.

    Examples:
        exten => 1,1,Bridge(PJSIP/100-00000000,p)
         same => n,NoOp(${BRIDGERESULT})
    """
    found = find_channel(channel.pbx, other)
    if found is None or found is channel:
        channel.set_variable("BRIDGERESULT", "LOOP" if found is channel else "NONEXISTENT")
        return
    if found.state is not ChannelState.UP and options.no_answer:
        channel.set_variable("BRIDGERESULT", "FAILURE")
        return
    limits = read_limits(channel, options.limit, options.seconds)
    channel.set_variable("BRIDGERESULT", "FAILURE")
    if not options.no_answer:
        await channel.answer()
    if options.beep:
        await play_prompts(channel, ["beep"], "Bridge")
    back = _place_of_other(channel, found, options)
    there = Party(found, keys=keys_of(found, _rights(options, other=True)))
    here = Party(channel, keys=keys_of(channel, _rights(options, other=False)))
    joint = Bridge(channel.pbx, keeps_one=True)
    await joint.join(here)
    if found.is_hung_up:  # meanwhile
        joint.leave(here)
        return

    async def join() -> None:
        await joint.join(there)
        joint.keeps_one = False
        left = await there.stay()
        if back is not None and left.why is Departure.PEER_LEFT:
            found.goto(*back)

    unwatch = found.watch(lambda progress: _give_up(progress, joint))
    found.divert(join)
    channel.set_variable("BRIDGERESULT", "SUCCESS")
    watcher: asyncio.Task[None] | None = None
    if limits is not None:
        watcher = channel.pbx.spawn(watch_limits(limits, here, there), name=channel.name)
    try:
        await here.stay()
    finally:
        unwatch()
        if watcher is not None:
            watcher.cancel()


def _give_up(progress: Progress, joint: Bridge) -> None:
    """The other hung up before it was there."""
    if progress is Progress.HUNG_UP and joint.keeps_one:
        joint.settle()


def _rights(options: BridgeOptions, *, other: bool) -> Rights:
    return Rights(
        transfer=options.other_transfers if other else options.this_transfers,
        disconnect=options.other_ends if other else options.this_ends,
        park=options.other_parks if other else options.this_parks,
        record=options.other_records if other else options.this_records,
    )


def _place_of_other(
    channel: Channel, other: Channel, options: BridgeOptions
) -> tuple[str, str, int] | None:
    if options.other_goes_on == BARE:
        return channel.context, channel.extension, channel.priority + 1
    if options.other_goes_on:
        return parse_place(channel, commas(options.other_goes_on))
    if options.goes_on:
        return other.context, other.extension, other.priority + 1
    return None


@application("BridgeAdd")
async def bridge_add(channel: Channel, other: str) -> None:
    """Join the conversation of another channel, or talk to one that waits.

    With two or more that talk already, all hear each other.

    Args:
        channel: The channel.
        other: Its name, or the beginning of it.

    Variables:
        BRIDGERESULT: SUCCESS, FAILURE, LOOP or NONEXISTENT.

    Examples:
        exten => 1,1,BridgeAdd(PJSIP/100-00000000)
         same => n,NoOp(${BRIDGERESULT})
    """
    found = find_channel(channel.pbx, other) or next(
        (each for name, each in channel.pbx.channels.items() if name.startswith(other)), None
    )
    if found is None or found is channel:
        channel.set_variable("BRIDGERESULT", "LOOP" if found is channel else "NONEXISTENT")
        return
    here = Party(channel, keys=keys_of(channel))
    await channel.answer()
    await here.open()
    there = party_of(found)
    if there is None or there.bridge is None or there.channel.is_hung_up:
        channel.set_variable("BRIDGERESULT", "FAILURE")
        return
    bridge, waits = there.bridge, len(there.bridge.parties) == 1
    if isinstance(bridge, HoldingBridge):
        bridge, waits = bridge.take_out(there), True
    bridge.attach(here)
    if waits:
        bridge.settle()
    channel.set_variable("BRIDGERESULT", "SUCCESS")
    await here.stay()
