"""SLATrunk(): a call comes in on a shared line.

Family: Shared lines
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from switchroom.apps.shared_lines.bells import Bells
from switchroom.apps.shared_lines.party import be_in
from switchroom.conference.shared_lines import LineCall, SharedLines
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.ringing import Ringback

logger = logging.getLogger(__name__)

STATUS = "SLATRUNK_STATUS"


@dataclass(frozen=True, slots=True)
class TrunkOptions:
    """Option letters of SLATrunk."""

    music: str = option("M", "Music instead of ringing, of a class.", default="", bare="default")


@application("SLATrunk")
async def sla_trunk(channel: Channel, trunk: str, options: TrunkOptions = TrunkOptions()) -> None:
    """Let a call ring at all stations that share a line of ``sla.conf``, and talk with them.

    Args:
        channel: The call.
        trunk: The line.
        options: Option letters.

    Variables:
        SLATRUNK_STATUS: ``SUCCESS``; ``UNANSWERED`` where the caller gave up, ``RINGTIMEOUT``
            where the line's time was over, ``FAILURE`` where there is no such line, or it is in
            use.

    Examples:
        [line1]
        exten => s,1,SLATrunk(line1)
    """
    lines = channel.pbx.datastore(SharedLines)
    line = lines.lines.get(trunk.strip())
    if line is None or line.call is not None:
        why = "there is no such line" if line is None else "it is in use"
        logger.warning("%s: SLATrunk(%s): %s", channel.name, trunk, why)
        channel.set_variable(STATUS, "FAILURE")
        return
    channel.set_variable(STATUS, "UNANSWERED")
    call = lines.begin(line, channel)
    try:
        if await _is_answered(channel, call, options):
            channel.set_variable(STATUS, "SUCCESS")
            await channel.answer()
            await be_in(channel, call)
        else:
            channel.set_variable(STATUS, "RINGTIMEOUT")
    finally:
        lines.end(call)


async def _is_answered(channel: Channel, call: LineCall, options: TrunkOptions) -> bool:
    """Let it ring until a station answers; False where that took too long."""
    ringback = Ringback(channel, music=options.music)
    await ringback.start()
    try:
        async with channel.pbx.datastore(Bells).ringing(channel.pbx, call):
            within = call.line.settings.ring_timeout or None
            async with asyncio.timeout(within):
                await call.answered
    except TimeoutError:
        return False
    finally:
        ringback.stop()
    return True
