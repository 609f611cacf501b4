"""How an endpoint is reached: its contacts, the proxies on the way, the flows to try."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.endpoint import Endpoint, account_of
from switchroom.channels.sip.registrations.location import Contact
from switchroom.sip.client import NewRequest
from switchroom.sip.flow import Flow, host_for_uri
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Header
from switchroom.sip.uri import SipUri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService
    from switchroom.sip.client import RequestUser

ANY_HOST = frozenset({"0.0.0.0", "::"})  # read, not bound


@dataclass(frozen=True, slots=True)
class OutsideRequest:
    """A request to an endpoint, outside of any dialog."""

    method: str
    target: SipUri  #: the Request-URI
    contact: Contact | None = None  #: what the target was taken from
    headers: Sequence[Header] = ()
    body: bytes | Callable[[str], bytes] = b""  #: or what makes it, given our host
    sender: Callable[[str], NameAddr] | None = None  #: makes the From, given our host


class Reach:
    """Finds the ways to endpoints.

    Args:
        service: Whose endpoints, contacts and transports.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service

    def contacts(self, endpoint: Endpoint) -> list[Contact]:
        """All contacts of all its addresses of record."""
        settings, location = self._service.settings, self._service.location
        return [
            contact
            for name in endpoint.aors
            if name in settings.aors
            for contact in location.contacts(settings.aors[name])
        ]

    def routes(self, endpoint: Endpoint, contact: Contact | None) -> list[str]:
        """Through whom a request goes: our proxy, then what a registrar or a contact asked for."""
        proxies = endpoint.proxies
        if contact is not None and not proxies:
            aor = self._service.settings.aors.get(contact.aor)
            proxies = aor.proxies if aor is not None else ()
        routes = [f"<{proxy}>" for proxy in proxies]
        routes += self._service.registrations.service_route(endpoint.name)
        return routes + list(contact.path if contact is not None else ())

    async def flows(
        self, endpoint: Endpoint, target: SipUri, contact: Contact | None, routes: Sequence[str]
    ) -> list[Flow]:
        """The flows to try, the best first; none where nothing leads there."""
        flow = contact.flow if contact is not None else None
        if contact is not None and flow is None and endpoint.rewrite_contact and contact.source:
            protocol, host, port = contact.source
            flow = self._service.local_flow(protocol, (host, port), name=endpoint.transport)
        if flow is not None and not routes and (flow.is_reliable or endpoint.rewrite_contact):
            return [flow]
        name = (self._symmetric(flow) if flow is not None else "") or endpoint.transport
        return await self._service.flows_to(first_hop(routes, target), transport=name)

    def _symmetric(self, flow: Flow) -> str:
        """The transport that a contact registered over, where it is to be reached over that."""
        for transport, opened in self._service.transports:
            host, port = opened.local_address
            is_it = transport.protocol == flow.protocol and port == flow.local[1]
            if transport.is_symmetric and is_it and host in {*ANY_HOST, flow.local[0]}:
                return transport.name
        return ""

    async def send(
        self, endpoint: Endpoint, what: OutsideRequest, user: RequestUser | None = None
    ) -> bool:
        """Send a request outside of any dialog; returns whether there was a way.

        Args:
            endpoint: Whom it belongs to.
            what: The request.
            user: Who is told of the outcome.
        """
        service = self._service
        routes = self.routes(endpoint, what.contact)
        flows = await self.flows(endpoint, what.target, what.contact, routes)
        if not flows:
            return False
        flow = flows[0]
        host = endpoint.from_domain or host_for_uri(service.advertised(flow)[0])
        body = what.body
        new = NewRequest(
            what.method,
            str(what.target),
            what.sender(host) if what.sender is not None else default_sender(endpoint, host),
            account=account_of(endpoint.outbound_credentials),
            headers=(*(("Route", each) for each in routes), *what.headers),
            body=body if isinstance(body, bytes) else body(host),
        )
        service.stack.request(new, flow, now=service.now, user=user)
        service.pump()
        return True


def default_sender(endpoint: Endpoint, host: str) -> NameAddr:
    """The From of what nobody says: ``from_user``, or ``asterisk``."""
    return NameAddr(f"sip:{endpoint.from_user or 'asterisk'}@{host}")


def first_hop(routes: Sequence[str], target: SipUri) -> str:
    """The URI that the next hop is found by: the first route, else the target."""
    return routes[0].strip().removeprefix("<").partition(">")[0] if routes else str(target)
