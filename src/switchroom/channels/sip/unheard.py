"""For requests whose outcome concerns nobody."""

from __future__ import annotations

import logging

from switchroom.sip.client import OutgoingRequest
from switchroom.sip.message import Response

logger = logging.getLogger(__name__)


class Unheard:
    """Writes down what a request got."""

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if response.status >= 300:
            where = outgoing.what.uri
            logger.info("%s to %s got %d", outgoing.method, where, response.status)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        logger.info("%s to %s got no answer", outgoing.method, outgoing.what.uri)


UNHEARD = Unheard()
