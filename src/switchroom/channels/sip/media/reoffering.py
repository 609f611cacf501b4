"""Offers of ours within a call: by re-INVITE, or by UPDATE where the party takes it."""

from __future__ import annotations

import asyncio
import functools
import logging
from typing import TYPE_CHECKING

from switchroom.sip.client import OutgoingRequest
from switchroom.sip.errors import LocalSipError
from switchroom.sip.message import Response
from switchroom.sip.session import SDP

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver

logger = logging.getLogger(__name__)


LATER = 0.5  #: seconds until it is offered where another offer is open, or the ACK awaited
ATTEMPTS = 6


def reoffer(
    driver: SipChannelDriver, sdp: str, *, by_update: bool, attempts: int = ATTEMPTS
) -> None:
    """Offer a description; what is answered is taken."""
    session = driver.session
    if session is None or session.is_ended:
        return
    try:
        if by_update and session.peer_takes_update:
            session.local_sdp = sdp
            headers = (session.contact, SDP)
            session.request_within(
                "UPDATE", now=driver.now, headers=headers, body=sdp.encode(), user=_Answer(driver)
            )
        else:
            session.offer(sdp, now=driver.now)
    except LocalSipError as error:
        if attempts > 1:
            again = functools.partial(
                reoffer, driver, sdp, by_update=by_update, attempts=attempts - 1
            )
            asyncio.get_running_loop().call_later(LATER, again)
        else:
            logger.info("%s: nothing can be offered: %s", driver.channel.name, error)
    driver.pump()


class _Answer:
    """Hears what an UPDATE with an offer got."""

    def __init__(self, driver: SipChannelDriver) -> None:
        self._driver = driver

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if 200 <= response.status < 300:
            self._driver.on_offer_answered(response.body.decode("utf-8", "replace"))
        elif response.status >= 300:
            name = self._driver.channel.name
            logger.info("%s: our offer is refused with %d", name, response.status)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        logger.info("%s: our offer is not answered", self._driver.channel.name)
