"""INVITEs that come in: who calls, whether he may, and the channel that is made for him."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.endpoint import Endpoint
from switchroom.channels.sip.identity import caller_of, redirecting_of
from switchroom.channels.sip.negotiating import take_offer
from switchroom.channels.sip.office import has_room
from switchroom.channels.sip.replacing import find_replaced, replace
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.features import features_of
from switchroom.sdp.errors import SdpError
from switchroom.sip.digest import Verdict
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.message import Request
from switchroom.sip.replaces import replaces_of
from switchroom.sip.session import Session
from switchroom.sip.uri import parse_uri
from switchroom.sip.validation import RefusedRequestError

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

RETRY_AFTER = 10  #: seconds that a caller is asked to wait when there is no room


class IncomingCalls:
    """Takes INVITEs.

    Args:
        service: Whose they are.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service

    def receive(self, session: Session) -> None:
        """Refuse an INVITE, challenge it, or start a channel for it."""
        service, request, now = self._service, session.request, self._service.now
        assert request is not None
        if not service.pbx.takes_calls:
            session.refuse(503, now=now, headers=[("Retry-After", str(RETRY_AFTER))])
            return
        verdict, endpoint = service.authenticate(request, session.flow)
        if verdict is not Verdict.GOOD or endpoint is None:
            session.refuse(401, now=now, headers=service.challenge(verdict))
            return
        try:
            extension = parse_uri(request.uri).user or "s"
            session.negotiate(endpoint.timers, endpoint.reliable)
            taken = take_offer(endpoint, service.identities, session.remote_sdp)
            replaces = replaces_of(request)
            replaced = find_replaced(service, replaces) if replaces is not None else None
        except (RemoteSipError, SdpError) as error:
            reason = f"Bad Request - {error}" if error.sip_status == 400 else ""
            headers = error.headers if isinstance(error, RefusedRequestError) else ()
            session.refuse(error.sip_status, now=now, reason=reason, headers=headers)
            return
        except MediaError as error:
            logger.error("%s cannot call: %s", endpoint.name, error)  # noqa: TRY400  # known, no trace
            session.refuse(500, now=now)
            return
        caller = caller_of(request, endpoint)
        if replaced is None and (status := self._refusal(endpoint, extension, caller)):
            session.refuse(status, now=now)
            return
        session.trying(now=now)
        session.is_pinned = endpoint.rewrite_contact
        driver = SipChannelDriver(service, endpoint, session.flow, session, taken)
        caller.tag = endpoint.identity.tag
        caller.dnid = extension
        channel = self._make_channel(driver, request, extension, caller)
        if replaced is not None:
            replace(replaced, channel)
        elif extension == features_of(service.pbx).pickup:
            service.pbx.start_application(channel, "Pickup")
        else:
            service.pbx.start(channel)

    def _refusal(self, endpoint: Endpoint, extension: str, caller: CallerId) -> int:
        """The status that a call is refused with that nobody here wants; 0: it is let in."""
        pbx = self._service.pbx
        picks_up = extension == features_of(pbx).pickup
        known = pbx.dialplan.has_extension
        if not picks_up and not known(endpoint.context, extension, caller.number):
            logger.info("%s dials %s, not in %s", endpoint.name, extension, endpoint.context)
            return 404
        if not has_room(pbx, endpoint):
            logger.info("%s has as many calls as it may", endpoint.name)
            return 480
        return 0

    def _make_channel(
        self, driver: SipChannelDriver, request: Request, extension: str, caller: CallerId
    ) -> Channel:
        service, endpoint, session = self._service, driver.endpoint, driver.session
        assert session is not None
        service.adopt(session, driver)
        channel = service.make_channel(
            driver, extension=extension, state=ChannelState.RING, caller=caller
        )
        redirecting = redirecting_of(request)
        if redirecting is not None:
            channel.redirecting = redirecting
        channel.set_variable("SIPDOMAIN", parse_uri(request.uri).host)
        for name, value in endpoint.variables:
            channel.set_variable(name, value)
        return channel
