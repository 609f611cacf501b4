"""Stasis(): let a program outside steer the call.

Family: Programs and logs
"""

from __future__ import annotations

import logging

from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel
from switchroom.pbx.stasis import StasisApplications, StasisConnectors, StasisStay

logger = logging.getLogger(__name__)


@application("Stasis")
async def stasis(channel: Channel, app_name: str, *args: str) -> None:
    """Give the call to an application that is connected over the REST interface (ARI).

    The application hears of it by StasisStart, and does with the call what it wants; the dialplan
    goes on when it lets the call go on.

    Args:
        channel: The channel.
        app_name: The application's name.
        args: Handed to it.

    Variables:
        STASISSTATUS: SUCCESS, or FAILED where no such application is connected.

    Examples:
        Stasis(ivr,menu,${EXTEN})
        ExecIf($["${STASISSTATUS}" = "FAILED"]?Playback(vm-goodbye))
    """
    channel.set_variable("STASISSTATUS", "")
    found = channel.pbx.datastore(StasisApplications).get(app_name.strip())
    if found is None or not found.is_active:
        connect = channel.pbx.datastore(StasisConnectors).get(app_name.strip())
        found = await connect(channel) if connect is not None else None
    if found is None:
        logger.warning("%s: no application %r is connected", channel.name, app_name.strip())
        channel.set_variable("STASISSTATUS", "FAILED")
        return
    await StasisStay(channel, found).run(args)
    channel.set_variable("STASISSTATUS", "SUCCESS")
