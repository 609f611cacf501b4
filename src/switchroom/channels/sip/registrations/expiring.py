"""Phones that do not register again are gone: lamps, queues and programs hear of it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from switchroom.base.errors import SwitchroomError
from switchroom.channels.sip.telling import tell_removed

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

IDLE = 30.0  #: seconds until the configuration is looked at again where it asks for no looks


async def watch_expiry(service: SipService) -> None:
    """Look every ``contact_expiration_check_interval`` seconds; ends when it is cancelled."""
    while True:
        interval = service.settings.general.checks_expiry
        await asyncio.sleep(interval or IDLE)
        if interval:
            await forget_expired(service)


async def forget_expired(service: SipService) -> None:
    """Forget the contacts that have expired, on disk as well."""
    for name, bindings in service.location.expire().items():
        for binding in bindings:
            logger.info("%s has not registered %s again", name, binding.uri)
        service.contact_changed(name)
        tell_removed(service, name, bindings)
        try:
            await service.location.store(name)
        except SwitchroomError as error:
            logger.error("cannot store %s: %s", name, error.render())  # noqa: TRY400  # known, no trace
    service.pump()
