"""Unsolicited message waiting: phones that never subscribed are told of their mailboxes.

An endpoint's ``mailboxes`` are told by NOTIFY to all of its contacts, when it registers and when a
count changes; those of an address of record only to who subscribes (RFC 3842).
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.endpoint import Endpoint
from switchroom.channels.sip.presence.event_packages import MessageSummaryPackage, Watched
from switchroom.channels.sip.reaching import OutsideRequest
from switchroom.channels.sip.registrations.location import Contact
from switchroom.pbx.states.mailboxes import MailboxChanged, messages_in
from switchroom.sip.client import OutgoingRequest
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Response
from switchroom.sip.uri import SipUri, parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

GATHER = 0.05  #: seconds in which changes are gathered
DEFAULT_CONTEXT = "default"  #: of a mailbox that names none


class UnsolicitedMwi:
    """Tells endpoints of their mailboxes.

    Args:
        service: Whose endpoints and contacts.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service
        self._by_mailbox: dict[str, set[str]] = {}
        self._by_aor: dict[str, list[Endpoint]] = {}  # those that have a mailbox
        self._changed: set[str] = set()  # names of endpoints
        self._timer: asyncio.TimerHandle | None = None
        self._unsubscribe = service.pbx.events.subscribe(MailboxChanged, self._mailbox_changed)

    def load(self) -> None:
        """Take up other settings."""
        self._by_mailbox, self._by_aor = {}, {}
        for endpoint in self._service.settings.endpoints.values():
            for aor in endpoint.aors if endpoint.mailboxes else ():
                self._by_aor.setdefault(aor, []).append(endpoint)
            for mailbox in endpoint.mailboxes:
                self._by_mailbox.setdefault(whole(mailbox), set()).add(endpoint.name)

    def close(self) -> None:
        """Tell nothing more."""
        self._unsubscribe()
        if self._timer is not None:
            self._timer.cancel()

    def registered(self, aor: str, uris: frozenset[str]) -> None:
        """Contacts of an address of record are there: they are told how things stand."""
        if self._service.settings.general.mwi_waits_for_change:
            return
        for endpoint in self._by_aor.get(aor, ()):
            self._tell(endpoint, uris)

    def _mailbox_changed(self, event: MailboxChanged) -> None:
        names = self._by_mailbox.get(whole(event.mailbox))
        if not names:
            return
        self._changed |= names
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER, self._tell_changes)

    def _tell_changes(self) -> None:
        self._timer = None
        changed, self._changed = self._changed, set()
        for name in sorted(changed):
            endpoint = self._service.settings.endpoints.get(name)
            if endpoint is not None:
                self._tell(endpoint)

    def _tell(self, endpoint: Endpoint, uris: frozenset[str] | None = None) -> None:
        if endpoint.mwi.subscription_replaces and self._service.subscriptions.has_mailbox_of(
            endpoint.name
        ):
            return
        for contact in self._service.reach.contacts(endpoint):
            if uris is None or contact.uri in uris:
                work = self._send(endpoint, contact)
                self._service.pbx.spawn(work, name=f"MWI of {endpoint.name}")

    async def _send(self, endpoint: Endpoint, contact: Contact) -> None:
        try:
            target = parse_uri(contact.uri)
        except RemoteSipError:
            return
        for new, old in self._counts(endpoint):

            def body(host: str, new: int = new, old: int = old) -> bytes:
                account = message_account(self._service, endpoint, host)
                watched = Watched("", account, new_messages=new, old_messages=old)
                return _PACKAGE.body(watched, 0).encode()

            what = OutsideRequest(
                "NOTIFY", target, contact, _HEADERS, body, lambda host: _sender(endpoint, host)
            )
            await self._service.reach.send(endpoint, what, _Outcome(endpoint.name))

    def _counts(self, endpoint: Endpoint) -> list[tuple[int, int]]:
        """New and old messages: of all mailboxes, or of each (``aggregate_mwi``)."""
        pbx = self._service.pbx
        counts = [messages_in(pbx, whole(each)) for each in endpoint.mailboxes]
        if endpoint.mwi.is_aggregated:
            return [(sum(new for new, _ in counts), sum(old for _, old in counts))]
        return counts


_PACKAGE = MessageSummaryPackage()
_HEADERS = (
    ("Event", _PACKAGE.name),
    ("Subscription-State", "terminated"),
    ("Content-Type", _PACKAGE.content_type),
)


def whole(mailbox: str) -> str:
    """A mailbox with its context."""
    return mailbox if "@" in mailbox else f"{mailbox}@{DEFAULT_CONTEXT}"


def message_account(service: SipService, endpoint: Endpoint, host: str) -> str:
    """The URI that a phone calls to hear its messages (``voicemail_extension``), or its own."""
    settings = service.settings
    aors = (settings.aors.get(name) for name in endpoint.aors)
    of_aor = next((a.voicemail_extension for a in aors if a and a.voicemail_extension), "")
    extension = endpoint.mwi.voicemail_extension or of_aor or settings.general.voicemail_extension
    return str(SipUri("sip", extension or endpoint.name, host))


def _sender(endpoint: Endpoint, host: str) -> NameAddr:
    user = endpoint.mwi.from_user or endpoint.from_user or "asterisk"
    return NameAddr(f"sip:{user}@{host}")


class _Outcome:
    """Writes down that a phone does not want it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if response.status >= 300:
            logger.debug("%s answers a message summary with %d", self._name, response.status)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        logger.debug("%s does not answer a message summary", self._name)
