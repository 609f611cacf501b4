"""BridgeWait(): wait for somebody to be joined with.

Family: Calls
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.bridging.bridge import Departure, Left, Party
from switchroom.pbx.bridging.holding_bridge import Entertainment, HoldingBridge
from switchroom.pbx.channel import Channel
from switchroom.pbx.holding import begin_hold, end_hold
from switchroom.pbx.ringing import Ringback

logger = logging.getLogger(__name__)

DEFAULT_NAME = "default"


@dataclass(frozen=True, slots=True)
class BridgeWaitOptions:
    """Option letters of BridgeWait."""

    music: str = option("m", "The class of the music.", default="")
    entertainment: str = option(
        "e", "What is heard: ``m`` music, ``r`` ringing, ``s`` silence, ``h`` hold, ``n`` nothing.",
        default="m",
    )  # fmt: skip
    seconds: float = option("S", "Go on after so many seconds.", default=0.0)
    no_answer: bool = option("n", "Do not answer first.")


@application("BridgeWait")
async def bridge_wait(
    channel: Channel,
    name: str = DEFAULT_NAME,
    role: str = "participant",
    options: BridgeWaitOptions = BridgeWaitOptions(),
) -> None:
    """Wait, with music, until somebody talks to this channel (BridgeAdd, Bridge) or sends it on.

    Those who wait do not hear each other. An announcer is heard by all of them instead of their
    music; it may be a Local channel that plays something.

    Args:
        channel: The channel.
        name: Of the holding bridge; it is there as long as somebody is in it.
        role: ``participant``, or ``announcer``, of whom there is one at most.
        options: Option letters.

    Examples:
        exten => 1,1,BridgeWait(lobby,participant,m(default)S(60))
        exten => 2,1,BridgeWait(lobby,announcer)
    """
    if not options.no_answer:
        await channel.answer()
    party = Party(channel)
    await party.open()
    bridge = HoldingBridge.find(channel.pbx, name.strip() or DEFAULT_NAME)
    timer: asyncio.TimerHandle | None = None
    if options.seconds > 0:
        left, loop = Left(Departure.ENDED), asyncio.get_running_loop()
        timer = loop.call_later(options.seconds, bridge.let_go, party, left)
    try:
        if role.strip().lower() == "announcer":
            if not bridge.announce(party):
                logger.warning("%s: %s has an announcer already", channel.name, bridge.name)
                return
        else:
            await bridge.wait(party, _entertainment(channel, options))
        await party.stay()
    finally:
        if timer is not None:
            timer.cancel()
        if party.bridge is not None:  # cancelled before it stayed
            party.bridge.leave(party)


def _entertainment(channel: Channel, options: BridgeWaitOptions) -> Entertainment:
    ringback = Ringback(channel)
    kind = options.entertainment.strip()[:1].lower()

    async def begin() -> None:
        if kind == "r":
            ringback.start_now()
        elif kind in {"m", "h", ""}:
            await begin_hold(channel, options.music)

    def end() -> None:
        ringback.stop()
        end_hold(channel)

    return Entertainment(begin, end)
