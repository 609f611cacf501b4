"""SLAStation(): a telephone takes a shared line.

Family: Shared lines
"""

from __future__ import annotations

import logging

from switchroom.apps.dialing.requests import equip
from switchroom.apps.shared_lines.party import be_in, be_trunk
from switchroom.conference.shared_lines import Line, LineCall, SharedLines
from switchroom.dialplan.registry import application
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.dialing import Dialing, hung_up_on_failure
from switchroom.pbx.introduction import introduce

logger = logging.getLogger(__name__)

STATUS = "SLASTATION_STATUS"


@application("SLAStation")
async def sla_station(channel: Channel, station: str) -> None:
    """Take a line of ``sla.conf``: answer it, join its call, take it off hold, or call out on it.

    Args:
        channel: The station's telephone.
        station: ``station_line`` is a key of the telephone; ``station`` alone takes the first of
            its lines that rings, or else is free.

    Variables:
        SLASTATION_STATUS: ``SUCCESS``; ``CONGESTION`` where no line is to be had, or it cannot be
            reached, ``FAILURE`` where there is no such station.

    Examples:
        [stations]
        exten => station1,1,SLAStation(station1)
        exten => station1_line1,1,SLAStation(station1_line1)
        exten => station1_line1,hint,SLA:station1_line1
    """
    lines = channel.pbx.datastore(SharedLines)
    found = lines.key(station.strip())
    if found is None:
        logger.warning("%s: SLAStation(%s): there is no such station", channel.name, station)
        channel.set_variable(STATUS, "FAILURE")
        return
    of, line = found
    if line is None or not line.admits(of):
        channel.set_variable(STATUS, "CONGESTION")
        return
    is_new = line.call is None
    call = line.call or lines.begin(line, None)
    lines.take(call, of, channel)
    try:
        is_up = not is_new or await _call_out(channel, line, call)
        channel.set_variable(STATUS, "SUCCESS" if is_up else "CONGESTION")
        if is_up:
            await channel.answer()
            await be_in(channel, call)
    finally:
        lines.leave(call, channel)


async def _call_out(channel: Channel, line: Line, call: LineCall) -> bool:
    """Get the line; whether it was to be had."""
    try:
        called = await channel.pbx.request(line.settings.device, channel)
    except RequestError as error:
        logger.warning("%s: line %s: %s", channel.name, line.name, error)
        return False
    with hung_up_on_failure([called]):
        introduce(called, channel.caller.copy(), channel.connected.copy())
        equip(channel, called)
    outcome = await Dialing(channel, application="AppDial2").run([called], within=None)
    if outcome.answered is None:
        return False
    call.channel = outcome.answered
    channel.pbx.spawn(be_trunk(outcome.answered, call), name=outcome.answered.name)
    return True
