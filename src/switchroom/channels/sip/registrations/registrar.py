"""The registrar: who may register where, and the answer once the contact is on disk."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from switchroom.base.errors import SwitchroomError
from switchroom.channels.sip.telling import tell_bindings
from switchroom.sip.digest import Verdict
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.registrar import Registration
from switchroom.sip.server import IncomingRequest
from switchroom.sip.uri import parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)


class Registrar:
    """Takes REGISTERs.

    Args:
        service: Whose they are.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service

    def receive(self, incoming: IncomingRequest) -> None:
        """A REGISTER."""
        service = self._service
        request, now = incoming.request, service.now
        verdict, endpoint = service.authenticate(request, incoming.flow)
        if verdict is not Verdict.GOOD or endpoint is None:
            service.refuse(incoming, verdict)
            return
        try:
            settings = service.settings
            names = settings.names_of(parse_uri(request.to.uri))
            own = (settings.aors.get(name) for name in names if name in endpoint.aors)
            aor = next(filter(None, own), None)
            if aor is None:
                incoming.respond(404, now=now)
                return
            result = service.location.register(request, aor, incoming.flow)
        except RemoteSipError as error:
            incoming.respond(error.sip_status, now=now, reason=f"Bad Request - {error}")
            return
        if result.changes:
            service.contact_changed(aor.name)
            tell_bindings(service, aor.name, result)
            work = self._acknowledge(incoming, aor.name, result)
            service.pbx.spawn(work, name=f"store contacts of {aor.name}")
        else:
            incoming.respond(result.status, now=now, reason=result.reason, headers=result.headers)

    async def _acknowledge(self, incoming: IncomingRequest, aor: str, result: Registration) -> None:
        """Answer a REGISTER once it is on disk: a phone that got its 200 is found after a crash."""
        service = self._service
        try:
            await service.location.store(aor)
        except SwitchroomError as error:
            logger.error("cannot store %s: %s", aor, error.render())  # noqa: TRY400  # known, no trace
            incoming.respond(500, now=service.now)
        else:
            incoming.respond(200, now=service.now, headers=result.headers)
            for binding in result.added:
                logger.info("%s registered %s", aor, binding.uri)
            if result.added:
                service.mwi.registered(aor, frozenset(binding.uri for binding in result.added))
        service.pump()
