"""Asks contacts by OPTIONS whether they are there (``qualify_frequency``)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.endpoint import Aor, account_of
from switchroom.channels.sip.registrations.location import Contact
from switchroom.channels.sip.telling import tell_contact
from switchroom.sip.client import NewRequest, OutgoingRequest
from switchroom.sip.digest import Account
from switchroom.sip.flow import Flow, host_for_uri
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Response

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

CHECK_INTERVAL = 1.0  #: seconds between two looks at who is to be asked
MAX_AT_ONCE = 200  #: questions that are sent in one look


class Qualifier:
    """Keeps :attr:`Contact.reachable` and :attr:`Contact.round_trip` up to date.

    Args:
        service: Whose contacts; questions are sent through it.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service
        self._asked_at: dict[tuple[str, str], float] = {}
        self._looked_up: set[tuple[str, str]] = set()  # whose names are being resolved
        self.asking = 0  #: questions that wait for their answers

    async def run(self) -> None:
        """Ask for ever; ends when it is cancelled."""
        while True:
            self._look()
            await asyncio.sleep(CHECK_INTERVAL)

    def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        asked = 0
        standing: set[tuple[str, str]] = set()
        for aor in self._service.settings.aors.values():
            if not aor.qualify_frequency:
                continue
            for contact in self._service.location.contacts(aor):
                key = (aor.name, contact.uri)
                standing.add(key)
                spread = self._service.settings.general.spreads_qualify
                if spread and key not in self._asked_at:
                    wait = self._service.pbx.chance.uniform(0, spread)
                    self._asked_at[key] = now + wait - aor.qualify_frequency
                due = self._asked_at.get(key, float("-inf")) + aor.qualify_frequency
                if now >= due and asked < MAX_AT_ONCE:
                    self._asked_at[key] = now
                    asked += 1
                    self._ask(aor, contact, now)
        for key in self._asked_at.keys() - standing:
            del self._asked_at[key]
        if asked:
            self._service.pump()

    def ask(self, aor: Aor) -> None:
        """Ask all contacts of an address of record now."""
        now = asyncio.get_running_loop().time()
        for contact in self._service.location.contacts(aor):
            self._asked_at[aor.name, contact.uri] = now
            self._ask(aor, contact, now)
        self._service.pump()

    def _ask(self, aor: Aor, contact: Contact, now: float) -> None:
        key = (aor.name, contact.uri)
        if contact.flow is not None and not aor.proxies:
            self._send(aor, contact, contact.flow, now)
        elif key not in self._looked_up:  # a slow name server piles nothing up
            self._looked_up.add(key)
            self._service.pbx.spawn(
                self._resolve_and_send(aor, contact, now), name=f"qualify {contact.uri}"
            )

    async def _resolve_and_send(self, aor: Aor, contact: Contact, now: float) -> None:
        target = aor.proxies[0] if aor.proxies else contact.uri
        try:
            flows = await self._service.flows_to(target)
        finally:
            self._looked_up.discard((aor.name, contact.uri))
        if flows:
            self._send(aor, contact, flows[0], now)
            self._service.pump()
        else:
            self._tell(contact, is_there=False, asked_at=now)

    def _send(self, aor: Aor, contact: Contact, flow: Flow, now: float) -> None:
        host = host_for_uri(flow.local[0])
        routes = [("Route", f"<{proxy}>") for proxy in aor.proxies]
        routes += [("Route", each) for each in contact.path]
        request = NewRequest(
            "OPTIONS", contact.uri, NameAddr(f"sip:{aor.name}@{host}"),
            account=self._account(aor),
            headers=(*routes, self._service.stack.contact(flow)), give_up_after=aor.qualify_timeout,
        )  # fmt: skip

        def told(status: int) -> None:
            self.asking -= 1
            # Any answer shows that somebody is there, as the original counts it.
            is_there = 200 <= status < 300 if aor.qualify_2xx_only else bool(status)
            self._tell(contact, is_there=is_there, asked_at=now)

        self.asking += 1
        self._service.stack.request(request, flow, now=now, user=_Question(told))

    def _account(self, aor: Aor) -> Account | None:
        """What proves us to whoever is at an address of record."""
        if not aor.authenticates_qualify:
            return None
        endpoints = self._service.settings.endpoints.values()
        endpoint = next((each for each in endpoints if aor.name in each.aors), None)
        return account_of(endpoint.outbound_credentials) if endpoint is not None else None

    def _tell(self, contact: Contact, *, is_there: bool, asked_at: float) -> None:
        was = contact.reachable
        contact.reachable = is_there
        contact.round_trip = (
            asyncio.get_running_loop().time() - asked_at if contact.reachable else None
        )
        if was is not contact.reachable:
            what = "reachable" if contact.reachable else "unreachable"
            logger.info("contact %s of %s is %s", contact.uri, contact.aor, what)
            self._service.contact_changed(contact.aor)
            tell_contact(self._service, contact)


class _Question:
    """Hears what an OPTIONS got; told once, 0: nothing.

    Args:
        told: Gets the status.
    """

    def __init__(self, told: Callable[[int], None]) -> None:
        self._told = told

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if response.status >= 200:
            self._told(response.status)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        self._told(0)
