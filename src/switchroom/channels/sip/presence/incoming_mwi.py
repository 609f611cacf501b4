"""Message summaries that a trunk sends unasked (``incoming_mwi_mailbox``; RFC 3842)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from switchroom.channels.sip.presence.published import messages_of
from switchroom.channels.sip.presence.subscriptions import ALLOW_EVENTS
from switchroom.sip.digest import Verdict
from switchroom.sip.server import IncomingRequest

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)


def receive_summary(service: SipService, incoming: IncomingRequest) -> None:
    """A NOTIFY outside of any dialog: its counts are those of a mailbox of ours."""
    request, now = incoming.request, service.now
    verdict, endpoint = service.authenticate(request, incoming.flow)
    if verdict is not Verdict.GOOD or endpoint is None:
        service.refuse(incoming, verdict)
        return
    event = request.get("event").partition(";")[0].strip().lower()
    if event != "message-summary" or not endpoint.mwi.incoming_mailbox:
        incoming.respond(489, now=now, headers=[ALLOW_EVENTS])
        return
    try:
        counts = messages_of(request.body)
    except ValueError as error:
        logger.info("a message summary of %s that cannot be read: %s", endpoint.name, error)
        incoming.respond(400, now=now)
        return
    incoming.respond(200, now=now)
    service.publishing.heard.say_mailbox(
        f"{endpoint.name} by NOTIFY", endpoint.mwi.incoming_mailbox, counts
    )
