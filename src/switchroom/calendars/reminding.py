"""The call before an appointment."""

from __future__ import annotations

import logging

from switchroom.base.errors import DialplanError
from switchroom.calendars.event import Event
from switchroom.config.calendars import CalendarSettings
from switchroom.dialplan.assignment import assign
from switchroom.pbx.channel import Channel
from switchroom.pbx.dialing import DialStatus
from switchroom.pbx.originate import Origination, RunApplication, RunDialplan, originate
from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)


class Appointment:
    """What a channel reminds of."""

    event: Event | None = None
    calendar: str = ""


async def remind(pbx: Pbx, settings: CalendarSettings, event: Event) -> None:
    """Call, and let who answers hear of it."""

    async def prepare(channel: Channel) -> None:
        appointment = channel.datastore(Appointment)
        appointment.event, appointment.calendar = event, settings.name
        for name, text in settings.variables:
            try:
                waits = assign(channel, name, await pbx.dialplan.substitute(channel, text))
                if waits is not None:
                    await waits
            except DialplanError as error:
                logger.warning("calendar %s: setvar %s: %s", settings.name, name, error)

    then: RunApplication | RunDialplan
    if settings.application:
        then = RunApplication(settings.application, settings.data)
    else:
        then = RunDialplan(settings.context or "default", settings.extension or "s")
    logger.info("calendar %s reminds %s of %.100r", settings.name, settings.channel, event.summary)
    outcome = await originate(
        pbx, Origination(settings.channel, then, within=settings.wait, before=prepare)
    )
    if outcome.status is not DialStatus.ANSWER:
        logger.info("calendar %s: %s: %s", settings.name, settings.channel, outcome.status)
