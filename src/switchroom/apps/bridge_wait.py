"""BridgeWait(): wait for somebody to be joined with.

Family: Calls
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.bridge import Bridge, Departure, Left, Party
from switchroom.pbx.channel import Channel
from switchroom.pbx.holding import begin_hold, end_hold
from switchroom.pbx.ringing import Ringback


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
    name: str = "",
    role: str = "participant",
    options: BridgeWaitOptions = BridgeWaitOptions(),
) -> None:
    """Wait, with music, until somebody talks to this channel (BridgeAdd, Bridge) or sends it on.

    Args:
        channel: The channel.
        name: Of the holding bridge; each waits for itself here.
        role: ``participant`` or ``announcer``.
        options: Option letters.

    Examples:
        exten => 1,1,BridgeWait(lobby,participant,m(default)S(60))
    """
    if not options.no_answer:
        await channel.answer()
    party = Party(channel)
    bridge = Bridge(channel.pbx, keeps_one=True)
    await bridge.join(party)
    ringback = Ringback(channel) if options.entertainment == "r" else None
    if ringback is not None:
        ringback.start_now()
    elif options.entertainment in {"m", "h"}:
        await begin_hold(channel, options.music)
    timer = None
    if options.seconds > 0:
        loop = asyncio.get_running_loop()
        timer = loop.call_later(options.seconds, bridge.end, Left(Departure.ENDED))
    try:
        await party.stay()
    finally:
        if timer is not None:
            timer.cancel()
        if ringback is not None:
            ringback.stop()
        end_hold(channel)
