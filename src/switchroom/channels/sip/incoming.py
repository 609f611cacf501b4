"""INVITEs that come in: who calls, whether he may, and the channel that is made for him."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.channels.sip.added_headers import AddedHeaders
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.endpoints.maintenance import Maintenance
from switchroom.channels.sip.endpoints.office import has_room
from switchroom.channels.sip.geolocation.receiving import take_location
from switchroom.channels.sip.identity import caller_of, redirecting_of
from switchroom.channels.sip.media.negotiating import Taken, take_offer
from switchroom.channels.sip.stir_shaken.results import CallerProofs, Proof
from switchroom.channels.sip.stir_shaken.stir_shaken import once_proven
from switchroom.channels.sip.telling import tell_security
from switchroom.channels.sip.transfers.replacing import find_replaced, replace
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.features import features_of
from switchroom.sdp.errors import SdpError
from switchroom.sip.digest import Verdict
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.events import EndReason
from switchroom.sip.message import Header, Request
from switchroom.sip.replaces import replaces_of
from switchroom.sip.session import Session
from switchroom.sip.uri import parse_uri
from switchroom.sip.validation import RefusedRequestError

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

MAINTENANCE_RETRY = 60  #: seconds that an endpoint in maintenance is asked to wait
RETRY_AFTER = 10  #: seconds that a caller is asked to wait when there is no room


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an INVITE asks for."""

    extension: str
    taken: Taken
    replaced: Channel | None  #: whose place it takes
    picks_up: bool


class IncomingCalls:
    """Takes INVITEs.

    Args:
        service: Whose they are.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service
        self._maintenance = service.pbx.datastore(Maintenance)
        self._maintenance.known = lambda: [
            name for name, each in service.settings.endpoints.items() if each.technology == "PJSIP"
        ]
        self._maintenance.on_change = lambda name: service.device_changed(f"PJSIP/{name}")

    def receive(self, session: Session) -> None:
        """Take an INVITE, unless it was cancelled while something was looked up."""
        if not session.is_ended:
            self._admit(session)

    def _admit(self, session: Session) -> None:
        """Refuse an INVITE, challenge it, or start a channel for it."""
        service, request, now = self._service, session.request, self._service.now
        assert request is not None
        if not service.pbx.takes_calls:
            self._refuse_one_too_many(session, request)
            return
        verdict, endpoint = service.authenticate(request, session.flow)
        if verdict is not Verdict.GOOD or endpoint is None:
            self._challenge(session, verdict)
            return
        if endpoint.name in self._maintenance:
            session.refuse(503, now=now, headers=[("Retry-After", str(MAINTENANCE_RETRY))])
            return
        try:
            wanted = self._read(session, request, endpoint)
        except (RemoteSipError, SdpError) as error:
            reason = f"Bad Request - {error}" if error.sip_status == 400 else ""
            more = error.headers if isinstance(error, RefusedRequestError) else ()
            session.refuse(error.sip_status, now=now, reason=reason, headers=more)
            return
        except MediaError as error:
            logger.error("%s cannot call: %s", endpoint.name, error)  # noqa: TRY400  # known, no trace
            session.refuse(500, now=now)
            return
        caller = caller_of(request, endpoint)
        status = self._status_of_nothing(wanted, endpoint, caller)
        if status:
            logger.info("%s dials %s, not in %s", endpoint.name, wanted.extension, endpoint.context)
            session.refuse(status, now=now)
            return
        session.trying(now=now)
        once_proven(service, session, endpoint, partial(self._begin, session, endpoint, wanted))

    def _begin(
        self,
        session: Session,
        endpoint: Endpoint,
        wanted: _Wanted,
        proofs: tuple[Proof, ...],
        reasons: list[Header],
    ) -> None:
        """Start a channel for an INVITE that is let in.

        Args:
            session: Not answered.
            endpoint: Who calls.
            wanted: What he asks for.
            proofs: What is known of his number.
            reasons: What our answers tell him of that.
        """
        service, request = self._service, session.request
        assert request is not None
        if not has_room(service.pbx, endpoint):
            logger.info("%s has as many calls as it may", endpoint.name)
            session.refuse(480, now=service.now)
            return
        session.is_pinned = endpoint.rewrite_contact
        session.contact_user = endpoint.manners.contact_user
        driver = SipChannelDriver(service, endpoint, session.flow, session, wanted.taken)
        caller = caller_of(request, endpoint)
        caller.tag = endpoint.identity.tag
        caller.dnid = wanted.extension
        channel = self._make_channel(driver, request, wanted.extension, caller)
        take_location(channel, endpoint, request)
        if proofs:
            channel.datastore(CallerProofs).proofs = proofs
        for reason in reasons:
            channel.datastore(AddedHeaders).add(*reason)
        if wanted.replaced is not None:
            replace(wanted.replaced, channel)
        elif wanted.picks_up:
            service.pbx.start_application(channel, "Pickup")
        else:
            service.pbx.start(channel)

    def _challenge(self, session: Session, verdict: Verdict) -> None:
        """Whoever calls has to prove who he is first."""
        if session.incoming is not None:
            self._service.refuse(session.incoming, verdict)
        session.finish(EndReason.LOCAL)

    def _refuse_one_too_many(self, session: Session, request: Request) -> None:
        """The node takes no more calls: it has as many as it may, is too busy, or ends."""
        limit = "LoadAverageLimit" if self._service.pbx.is_overloaded else "SessionLimit"
        tell_security(self._service, limit, request, session.flow)
        later = ("Retry-After", str(RETRY_AFTER))
        session.refuse(503, now=self._service.now, headers=[later])

    def _read(self, session: Session, request: Request, endpoint: Endpoint) -> _Wanted:
        """What an INVITE asks for.

        Raises:
            RemoteSipError: It cannot be read, or had; ``sip_status`` says why.
            SdpError: No description that could be agreed on.
            MediaError: The endpoint's certificate cannot be used.
        """
        service = self._service
        extension = parse_uri(request.uri).user or "s"
        if service.settings.general.cuts_user_options:
            extension = extension.partition(";")[0]
        session.negotiate(endpoint.timers, endpoint.reliable)
        taken = take_offer(endpoint, service.identities, session.remote_sdp)
        replaces = replaces_of(request)
        replaced = find_replaced(service, replaces) if replaces is not None else None
        picks_up = extension == features_of(service.pbx).pickup
        return _Wanted(extension, taken, replaced, picks_up)

    def _status_of_nothing(self, wanted: _Wanted, endpoint: Endpoint, caller: CallerId) -> int:
        """404 for an extension that is not there; 484 where more digits may lead somewhere.

        0: there is something to call.
        """
        if wanted.replaced is not None or wanted.picks_up:
            return 0
        dialplan, extension = self._service.pbx.dialplan, wanted.extension
        if dialplan.has_extension(endpoint.context, extension, caller.number):
            return 0
        manners = endpoint.manners
        context = manners.overlap_context or endpoint.context
        if manners.waits_for_digits and dialplan.may_continue(context, extension, caller.number):
            return 484
        return 404

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
