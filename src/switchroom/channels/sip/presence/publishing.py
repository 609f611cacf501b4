"""States that phones and other servers publish here (``type = inbound-publication``)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.presence.exchange import Heard
from switchroom.channels.sip.presence.exchange_bodies import parse_word
from switchroom.channels.sip.presence.outbound import OutboundPublications
from switchroom.channels.sip.presence.published import device_state_of, messages_of, presence_of
from switchroom.channels.sip.presence.subscriptions import ALLOW_EVENTS
from switchroom.config.pjsip.publishing import BODIES, DEVICE_EVENT, MAILBOX_EVENT
from switchroom.pbx.states.device_state import CUSTOM as CUSTOM_DEVICE
from switchroom.pbx.states.device_state import DeviceState, own_device_state, set_custom_state
from switchroom.pbx.states.presence import CUSTOM, Presence, presence, set_presence
from switchroom.sip.digest import Verdict
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.message import Request
from switchroom.sip.multipart import media_type
from switchroom.sip.publication import Publication, Publications
from switchroom.sip.server import IncomingRequest
from switchroom.sip.uri import parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

PRESENCE, DIALOG, MESSAGES = "presence", "dialog", "message-summary"
#: What reads each kind of body; it raises ValueError where it is none.
_READERS: Mapping[str, Callable[[bytes], object]] = MappingProxyType(
    {
        PRESENCE: presence_of, DIALOG: device_state_of, MESSAGES: messages_of,
        DEVICE_EVENT: parse_word, MAILBOX_EVENT: parse_word,
    }
)  # fmt: skip
#: Of these each body tells of something else; of the others the last one is the state.
_EXCHANGED = frozenset({DEVICE_EVENT, MAILBOX_EVENT})


class Publishing:
    """Takes PUBLISHes.

    Args:
        service: Whose.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service
        self._states = Publications(service.stack.token)
        self._timer: asyncio.TimerHandle | None = None
        self.outbound = OutboundPublications(service)
        self.heard = Heard(service, self.outbound)

    def start(self) -> None:
        """What was published before a restart is not there any more."""
        for each in self._service.settings.pjsip.publications.values():
            for event in each.events:
                if self._stands(event, each.events[event]):
                    self._apply(event, each.name)
        self.outbound.take()

    def _stands(self, event: str, target: str) -> bool:
        """Whether something is said of what a publication sets."""
        pbx = self._service.pbx
        if event == PRESENCE:
            return presence(pbx, f"{CUSTOM}:{target}") != Presence()
        if event != DIALOG:
            return False  # that is not kept over a restart
        return own_device_state(pbx, f"{CUSTOM_DEVICE}:{target}") is not DeviceState.UNKNOWN

    def receive(self, incoming: IncomingRequest) -> None:
        """A PUBLISH: who may publish here, and what."""
        service, request, now = self._service, incoming.request, self._service.now
        verdict, endpoint = service.authenticate(request, incoming.flow)
        if verdict is not Verdict.GOOD or endpoint is None:
            service.refuse(incoming, verdict)
            return
        event = request.get("event").partition(";")[0].strip().lower()
        try:
            resource = parse_uri(request.uri).user
        except RemoteSipError as error:
            incoming.respond(error.sip_status, now=now)
            return
        status = self._refusal(event, resource, endpoint, request)
        if status:
            accept = [("Accept", BODIES[event])] if status == 415 else []
            headers = [ALLOW_EVENTS] if status == 489 else accept
            incoming.respond(status, now=now, headers=headers)
            return
        answer = self._states.publish(request, event, resource, owner=endpoint.name, now=now)
        incoming.respond(answer.status, now=now, headers=answer.headers)
        if answer.is_changed and event in _EXCHANGED and request.body:
            self._hear(event, resource, request.body)
        elif answer.is_changed:
            self._apply(event, resource)
        self._arm()

    def _refusal(self, event: str, resource: str, endpoint: Endpoint, request: Request) -> int:
        """The status of what may not be published here, or cannot be read; 0: it may."""
        publications = self._service.settings.pjsip.publications
        if not publications or event not in BODIES:
            return 489
        settings = publications.get(resource)
        if settings is None:
            return 404
        if event not in settings.events:
            return 489
        if settings.endpoint and settings.endpoint != endpoint.name:
            return 403
        return _fault_of(event, request) if request.body else 0  # without one it is a refresh

    def _hear(self, event: str, resource: str, body: bytes) -> None:
        """Another system tells something of its own."""
        settings = self._service.settings.pjsip.publications[resource]
        self.heard.hear(event, resource, settings.events[event], parse_word(body))

    def _apply(self, event: str, resource: str) -> None:
        """Let what counts now be the state."""
        pbx = self._service.pbx
        settings = self._service.settings.pjsip.publications.get(resource)
        target = settings.events.get(event, "") if settings is not None else ""
        if not target:
            return  # the configuration has changed since
        found = self._states.current(event, resource)
        if event in _EXCHANGED:
            if found is None:
                self.heard.forget(event, resource)
        elif event == MESSAGES:
            self._set_messages(resource, target, found)
        elif event == PRESENCE:
            said = presence_of(found.body) if found is not None else Presence()
            pbx.spawn(set_presence(pbx, target, said), name=f"presence of {target}")
        else:
            state = device_state_of(found.body) if found is not None else DeviceState.UNKNOWN
            pbx.spawn(set_custom_state(pbx, target, state), name=f"state of {target}")

    def _set_messages(self, resource: str, mailbox: str, found: Publication | None) -> None:
        if found is None:
            self.heard.forget_system(MESSAGES, resource)
        else:
            self.heard.say_mailbox(resource, mailbox, messages_of(found.body))

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self._states.next_expiry()
        if at is not None:
            self._timer = asyncio.get_running_loop().call_at(at, self._expire)

    def _expire(self) -> None:
        self._timer = None
        for event, resource in self._states.expire(now=self._service.now):
            self._apply(event, resource)
        self._arm()

    async def close(self) -> None:
        """Wait for no expiry any more, and take back what we published."""
        await self.outbound.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _fault_of(event: str, request: Request) -> int:
    """The status of a body that cannot be read; 0: it can."""
    if media_type(request.get("content-type")) != BODIES[event]:
        return 415
    try:
        _READERS[event](request.body)
    except ValueError as error:
        logger.info("a published %s that cannot be read: %s", event, error)
        return 400
    return 0
