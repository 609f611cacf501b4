"""Asks contacts by OPTIONS whether they are there (``qualify_frequency``)."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoint import Aor
from switchroom.channels.sip.location import Contact
from switchroom.channels.sip.telling import tell_contact
from switchroom.sip.client import NewRequest
from switchroom.sip.flow import Flow, host_for_uri
from switchroom.sip.headers.name_addr import NameAddr

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
        if contact.flow is not None and not aor.proxies:
            self._send(aor, contact, contact.flow, now)
        else:
            self._service.pbx.spawn(
                self._resolve_and_send(aor, contact, now), name=f"qualify {contact.uri}"
            )

    async def _resolve_and_send(self, aor: Aor, contact: Contact, now: float) -> None:
        target = aor.proxies[0] if aor.proxies else contact.uri
        flows = await self._service.flows_to(target)
        if flows:
            self._send(aor, contact, flows[0], now)
            self._service.pump()
        else:
            self._tell(contact, None, now)

    def _send(self, aor: Aor, contact: Contact, flow: Flow, now: float) -> None:
        host = host_for_uri(flow.local[0])
        routes = [("Route", f"<{proxy}>") for proxy in aor.proxies]
        routes += [("Route", each) for each in contact.path]
        request = NewRequest(
            "OPTIONS", contact.uri, NameAddr(f"sip:{aor.name}@{host}"),
            headers=(*routes, self._service.stack.contact(flow)), give_up_after=aor.qualify_timeout,
        )  # fmt: skip
        outgoing = self._service.stack.request(request, flow, now=now)
        self._service.ask(outgoing, lambda status: self._tell(contact, status, now))

    def _tell(self, contact: Contact, status: int | None, asked_at: float) -> None:
        """Any answer shows that somebody is there (as the original counts it)."""
        was = contact.reachable
        contact.reachable = status is not None
        contact.round_trip = (
            asyncio.get_running_loop().time() - asked_at if contact.reachable else None
        )
        if was is not contact.reachable:
            what = "reachable" if contact.reachable else "unreachable"
            logger.info("contact %s of %s is %s", contact.uri, contact.aor, what)
            self._service.contact_changed(contact.aor)
            tell_contact(self._service, contact)
