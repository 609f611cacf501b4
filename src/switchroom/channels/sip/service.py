"""The SIP side of a node: transports, registrations, and calls in and out."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from switchroom.base.errors import MediaError
from switchroom.base.tokens import random_tokens
from switchroom.channels.sip.core_settings import guard_policy, stack_config
from switchroom.channels.sip.driver import SipChannelDriver
from switchroom.channels.sip.endpoints.admission import may_come
from switchroom.channels.sip.endpoints.authentication import Authentication
from switchroom.channels.sip.endpoints.endpoint import Endpoint, SipSettings, Transport
from switchroom.channels.sip.endpoints.identification import Identification, Sight
from switchroom.channels.sip.endpoints.looking_up import once_known
from switchroom.channels.sip.endpoints.nat import PublicAddresses
from switchroom.channels.sip.endpoints.objects import SipObjects
from switchroom.channels.sip.endpoints.office import equip
from switchroom.channels.sip.endpoints.pushed import PushedObjects
from switchroom.channels.sip.endpoints.realtime import RealtimeEndpoints
from switchroom.channels.sip.endpoints.resolving import addresses_of
from switchroom.channels.sip.incoming import IncomingCalls
from switchroom.channels.sip.leaving import Leaving
from switchroom.channels.sip.listening import OpenTransport, open_transport, renew_tls
from switchroom.channels.sip.media.watch import serve_media
from switchroom.channels.sip.messages.informing import on_info
from switchroom.channels.sip.messages.messaging import Messages
from switchroom.channels.sip.messages.texting import on_message
from switchroom.channels.sip.presence.incoming_mwi import receive_summary
from switchroom.channels.sip.presence.mwi import UnsolicitedMwi
from switchroom.channels.sip.presence.publishing import Publishing
from switchroom.channels.sip.presence.subscriptions import Subscriptions, bindings_of
from switchroom.channels.sip.reaching import Reach
from switchroom.channels.sip.registrations.location import Location
from switchroom.channels.sip.registrations.qualify import Qualifier
from switchroom.channels.sip.registrations.registering import Registrations
from switchroom.channels.sip.registrations.registrar import Registrar
from switchroom.channels.sip.session_events import SessionEvent, tell
from switchroom.channels.sip.telling import tell_verdict
from switchroom.channels.sip.transfers.asking import Referrals
from switchroom.channels.sip.transfers.referring import on_refer
from switchroom.media.dtls.identities import Identities
from switchroom.net.credentials import TlsError
from switchroom.net.dns import SystemLookup
from switchroom.net.driver import SipDriver
from switchroom.net.locating import Locator, is_numeric
from switchroom.net.tcp import TcpTransport
from switchroom.ops.guard import Guard
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.newborn import Newborn
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_watch import DeviceStates
from switchroom.sip.digest import Authenticator, Verdict
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.events import (
    Event,
    InviteReceived,
    Registered,
    RegistrationFailed,
    RequestReceived,
    SessionEnded,
    SubscriptionEnded,
    SubscriptionRefreshed,
    Unregistered,
)
from switchroom.sip.flow import Flow
from switchroom.sip.message import Request
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session
from switchroom.sip.stack import SipStack
from switchroom.sip.uri import SipUri, parse_uri
from switchroom.storage.realtime import Realtime

logger = logging.getLogger(__name__)

UNANSWERED_CHALLENGE = 0.1  #: of a failure, that a request without credentials counts as


class SipService:
    """Runs one SIP core for a node.

    Args:
        pbx: Gets the channels.
        settings: What to listen on and whom to know; replaced by :meth:`reload`.
        locator: Resolves names; asks the system's DNS unless told otherwise.
    """

    def __init__(self, pbx: Pbx, settings: SipSettings, locator: Locator | None = None) -> None:
        self.pbx = pbx
        self.settings = settings
        self.stack = SipStack(
            stack_config(settings),
            random_tokens().__next__,
        )
        self.driver = SipDriver(self.stack, self._handle)
        self.guard = Guard(guard_policy(settings))
        self.driver.blocks, self.driver.trusts = self.guard.blocks, self.guard.trusts
        self.location = Location(pbx.astdb)
        self.reach = Reach(self)
        self.transports: list[tuple[Transport, OpenTransport]] = []
        self.qualifier = Qualifier(self)
        self.registrations = Registrations(self)
        self._registrar = Registrar(self)
        self._incoming = IncomingCalls(self)
        self.directory: RealtimeEndpoints | None = None  #: of endpoints in databases
        self.pushed = PushedObjects(pbx.astdb)  #: by programs
        self.objects = SipObjects(self, self.pushed, pbx.datastore(Realtime))
        self.subscriptions = Subscriptions(self)
        self.mwi = UnsolicitedMwi(self)
        self.leaving = Leaving(self)
        self.publishing = Publishing(self)
        self._messages = Messages(self)
        Referrals(self, self._messages)
        self.public = PublicAddresses((), {})
        self.identities = Identities()  #: of endpoints whose audio is keyed by handshakes
        self.locator = locator or Locator(SystemLookup())
        self._authenticator = Authenticator(secrets.token_bytes(32))
        self._loop = asyncio.get_running_loop()
        self._drivers: dict[Session, SipChannelDriver] = {}
        self._take(self.pushed.joined(settings))

    def _take(self, settings: SipSettings) -> None:
        self.settings = settings
        self._resolved: dict[str, tuple[str, ...]] = {}
        self.guard.policy = guard_policy(settings)
        self._authenticator.algorithms = settings.algorithms
        self._authentication = Authentication(self._authenticator, settings.realm)
        self._use(settings)
        self.location.load(settings)

    def _use(self, settings: SipSettings) -> None:
        """Know these endpoints."""
        self._identify_by(self._resolved)
        self._make_identities(settings)
        self.mwi.load()
        self._devices_of_aor: dict[str, list[str]] = {}
        for endpoint in settings.endpoints.values():
            for aor in endpoint.aors:
                device = f"{endpoint.technology}/{endpoint.name}"
                self._devices_of_aor.setdefault(aor, []).append(device)

    def _make_identities(self, settings: SipSettings) -> None:
        """Read certificates now: what is wrong with one is said before somebody calls."""
        for endpoint in settings.endpoints.values():
            if endpoint.security.shakes_hands:
                try:
                    self.identities.of(endpoint.security.dtls)
                except MediaError as error:
                    logger.error("[%s] cannot call: %s", endpoint.name, error)  # noqa: TRY400  # known

    def _identify_by(self, resolved: dict[str, tuple[str, ...]]) -> None:
        self._identification = Identification(
            self.settings, resolved, self.registrations.endpoint_of_line
        )

    async def _resolve_identifies(self) -> None:
        """Find the addresses of trunks that are configured by name."""
        settings = self.settings
        resolved = await addresses_of(settings.identifies, self.locator)
        if resolved and settings.identifies == self.settings.identifies:
            self._resolved = resolved
            self._identify_by(resolved)

    def reload(self, settings: SipSettings) -> None:
        """Go on with other endpoints; transports stay where they were opened."""
        settings = self.pushed.joined(settings)
        self._take(settings)
        renew_tls(self.transports, settings.transports)
        self.registrations.take(settings.registrations)
        self.publishing.outbound.take()
        self.pbx.spawn(self._resolve_identifies(), name="resolve identifies")

    def take_changed(self, settings: SipSettings) -> None:
        """Go on with endpoints of which a few have changed."""
        before, self.settings = self.settings, settings
        new = {name: aor for name, aor in settings.aors.items() if name not in before.aors}
        self._use(settings)
        self.location.load(replace(settings, aors=new))
        if not self.transports:
            return  # start() does the rest
        if settings.registrations != before.registrations:
            self.registrations.take(settings.registrations)
        if settings.identifies != before.identifies:
            self.pbx.spawn(self._resolve_identifies(), name="resolve identifies")

    async def start(self) -> None:
        """Open the transports.

        Raises:
            OSError: All addresses are not ours or are taken.
        """
        serve_media(self.pbx)
        failed: list[OSError] = []
        for transport in self.settings.transports:
            try:
                opened = await open_transport(self.driver, self.pbx, transport)
            except TlsError as error:
                # The others serve on: a bad certificate silences no phone that needs none.
                logger.error("[%s] is left out: %s", transport.name, error)  # noqa: TRY400  # known
                continue
            except OSError as error:
                what = "HTTP" if transport.path else "SIP"
                logger.warning(
                    "[%s] is left out: %s cannot listen: %s", transport.name, what, error
                )
                failed += [] if transport.path else [error]
                continue
            self.transports.append((transport, opened))
            if isinstance(opened, TcpTransport) and not transport.path:
                opened.keep_alive = self.settings.keep_alive
            logger.info("SIP over %s on %s:%s", transport.protocol, *opened.local_address)
        if failed and not self.transports:
            raise failed[0]
        self._show(dict(await self._external_hosts()))
        self.registrations.take(self.settings.registrations)
        self.publishing.start()
        self.pbx.spawn(self._resolve_identifies(), name="resolve identifies")

    async def _external_hosts(self) -> list[tuple[str, str]]:
        """The addresses of the names that ``external_media_address`` gives."""
        found: list[tuple[str, str]] = []
        for transport, _ in self.transports:
            name = transport.external_media_host
            if name and not is_numeric(name):
                places = await self.locator.places(SipUri("sip", "", name, 5060), ("udp",))
                found += [(name, place.address[0]) for place in places[:1]]
        return found

    def _show(self, resolved: dict[str, str]) -> None:
        bound = [(each, opened.local_address[1]) for each, opened in self.transports]
        self.public = PublicAddresses(bound, resolved)
        self.stack.advertised = self.public.signalling

    async def close(self) -> None:
        """Send what is still to be sent and close the transports."""
        self.subscriptions.close()
        self.mwi.close()
        self.leaving.close()
        await self.publishing.close()
        await self.registrations.close()
        self.pump()
        await asyncio.sleep(0)
        self.driver.close()
        for _, opened in self.transports:
            opened.close()

    def pump(self) -> None:
        """After every use of the core."""
        self.driver.pump()

    def census(self) -> dict[str, int]:
        """How much of everything there is."""
        stack = self.stack
        return {
            "Sessions": len(stack.sessions),
            "Sessions with a channel": len(self._drivers),
            "Contacts asked": self.qualifier.asking,
            "Server transactions": len(stack.servers),
            "Client transactions": len(stack.clients),
            "INVITEs that may merge": len(stack.merging),
            "Timers": stack.timer_count,
            "Refused for overload": self.driver.congestion.refused,
        }

    def adopt(self, session: Session, driver: SipChannelDriver) -> None:
        """Events of ``session`` belong to ``driver``."""
        self._drivers[session] = driver

    def driver_of(self, call_id: str, local_tag: str) -> SipChannelDriver | None:
        """Whose a dialog is."""
        session = self.stack.sessions.get((call_id, local_tag))
        return self._drivers.get(session) if session is not None else None

    def endpoint_at(self, host: str) -> Endpoint | None:
        """The endpoint that an ``identify`` knows by an address."""
        return self._identification.at(host)

    @property
    def now(self) -> float:
        """Seconds on the loop's clock."""
        return self._loop.time()

    def local_flow(self, protocol: str, remote: tuple[str, int], *, name: str = "") -> Flow | None:
        """A flow to ``remote`` from a transport of that protocol and address family.

        Args:
            protocol: ``udp``, ``tcp``, …
            remote: An IP address and a port.
            name: The transport to prefer; otherwise it is the first that fits.
        """
        fitting = [
            (transport, opened)
            for transport, opened in self.transports
            if transport.protocol == protocol and (":" in transport.host) == (":" in remote[0])
        ]
        fitting.sort(key=lambda each: each[0].name != name)
        for _, opened in fitting:
            flow_to = getattr(opened, "flow_to", None)
            if flow_to is not None:
                flow: Flow = flow_to(remote)
                return flow
            return Flow(protocol, remote, opened.local_address)
        return None

    async def flows_to(self, target: str, *, transport: str = "") -> list[Flow]:
        """The flows to try for a URI, the best first; empty where nothing leads there.

        Args:
            target: A SIP URI; its host may be a name.
            transport: The name of the transport to use where it fits.
        """
        try:
            uri = parse_uri(target)
        except RemoteSipError as error:
            logger.warning("%s: %s", target, error)
            return []
        preferred = [each.protocol for each, _ in self.transports if each.name == transport]
        protocols = dict.fromkeys((*preferred, *(each.protocol for each, _ in self.transports)))
        places = await self.locator.places(uri, tuple(protocols))
        flows = (self.local_flow(*place, name=transport) for place in places)
        return [flow._replace(name=uri.host.strip("[]")) for flow in flows if flow is not None]

    def advertised(self, flow: Flow) -> tuple[str, int]:
        """Where the peer of a flow sees us."""
        return self.stack.advertised(flow)

    # events

    def _handle(self, event: Event) -> None:
        match event:
            case _ if isinstance(event, SessionEvent):
                self._session_event(event)
            case InviteReceived(session):
                receive = partial(self._incoming.receive, session)
                once_known(self, session.request, session.flow, receive)
            case RequestReceived(incoming, session) if session is not None:
                self._within(incoming, session)
            case RequestReceived(incoming):
                receive = partial(self._request, incoming)
                once_known(self, incoming.request, incoming.flow, receive)
            case Registered() | RegistrationFailed() | Unregistered():
                self.registrations.on_event(event)
            case SubscriptionRefreshed(subscription, incoming):
                self.subscriptions.refreshed(subscription, incoming)
            case SubscriptionEnded(subscription):
                self.subscriptions.ended(subscription)
            case _:
                pass  # nobody here waits for it

    def _session_event(self, event: SessionEvent) -> None:
        if isinstance(event, SessionEnded):
            self.leaving.ended(event.session)
        driver = self._drivers.get(event.session)
        if driver is None:
            return
        if isinstance(event, SessionEnded):
            del self._drivers[event.session]
        tell(driver, event)

    def username_of(self, request: Request) -> str:
        """Whom the credentials of a request name; nobody where it has none for us."""
        return self._authentication.username_of(request)

    def authenticate(self, request: Request, flow: Flow) -> tuple[Verdict, Endpoint | None]:
        """Who sends this, and whether he proves it; failures are counted."""
        username = self._authentication.username_of(request)
        identified = self._identification.identify(Sight(request, flow.remote[0], username))
        endpoint = identified.endpoint if identified is not None else None
        if not may_come(request, flow.remote[0], endpoint, self.settings.rules):
            name = endpoint.name if endpoint is not None else ""
            tell_verdict(self, Verdict.FORBIDDEN, request, flow, name)
            return Verdict.FORBIDDEN, None
        verdict = self._authentication.judge(request, endpoint, now=self.now, host=flow.remote[0])
        if endpoint is None and verdict is Verdict.GOOD:
            verdict = Verdict.MISSING
        is_known = identified is not None and identified.by == "ip"
        if verdict is Verdict.GOOD and endpoint is not None and endpoint.credentials:
            self.guard.succeeded(flow.remote[0], now=self.now)
        elif not is_known:
            self._count_failure(verdict, request, flow)
        is_begun = verdict is Verdict.MISSING and endpoint is not None
        if verdict is Verdict.WRONG:
            whom = request.get("from")[:200]
            what = "%s from %s:%s failed to authenticate as %s"
            logger.warning(what, request.method, *flow.remote, whom)
        if username or verdict is Verdict.WRONG or is_begun:
            tell_verdict(self, verdict, request, flow, endpoint.name if endpoint else "")
        return verdict, endpoint

    def _count_failure(self, verdict: Verdict, request: Request, flow: Flow) -> None:
        """Count who fails; an address that a trunk is identified by is never banned."""
        host = flow.remote[0]
        if verdict is Verdict.WRONG:
            self.guard.failed(host, now=self.now)
        elif verdict is Verdict.MISSING:
            # The honest begin so as well, but they go on; who only ever begins is guessing names.
            weight, is_real = UNANSWERED_CHALLENGE, flow.is_reliable
            self.guard.failed(host, now=self.now, weight=weight, is_real=is_real)

    def refuse(self, incoming: IncomingRequest, verdict: Verdict) -> None:
        """Answer a request that does not prove who it is; nothing is kept of it."""
        if verdict is Verdict.FORBIDDEN:
            incoming.answer_once(403)
            return
        headers = self._authentication.challenge(
            now=self.now, host=incoming.flow.remote[0], stale=verdict is Verdict.STALE
        )
        incoming.answer_once(401, headers=headers)

    def make_channel(
        self,
        driver: SipChannelDriver,
        *,
        extension: str,
        state: ChannelState,
        caller: CallerId | None = None,
    ) -> Channel:
        """A channel of ``driver``, named after its endpoint, which is its caller by default."""
        endpoint = driver.endpoint
        number = self.pbx.next_sequence(endpoint.technology)
        channel = Channel(
            self.pbx,
            name=f"{endpoint.technology}/{endpoint.name}-{number:08x}",
            driver=driver,
            context=endpoint.context,
            extension=extension,
            state=state,
            about=Newborn(
                caller or endpoint.caller.copy(), endpoint.language, endpoint.account_code
            ),
        )
        driver.channel = channel
        equip(channel, endpoint)
        return channel

    def contact_changed(self, aor: str) -> None:
        """An address of record can be reached, or not any more: so can its endpoints."""
        self.subscriptions.device_changed(bindings_of(aor))
        for device in self.devices_of(aor):
            self.device_changed(device)

    def device_changed(self, device: str) -> None:
        """``PJSIP/alice`` may have another state, without a call having one."""
        self.subscriptions.device_changed(device)
        self.pbx.datastore(DeviceStates).changed(device)

    def devices_of(self, aor: str) -> Sequence[str]:
        """The endpoints that are reached by an address of record, ``PJSIP/alice``."""
        return self._devices_of_aor.get(aor, ())

    def _within(self, incoming: IncomingRequest, session: Session) -> None:
        driver, request = self._drivers.get(session), incoming.request
        if request.method == "INFO" and driver is not None:
            on_info(driver, incoming, now=self.now)
        elif request.method == "OPTIONS":
            incoming.respond(200, now=self.now, headers=(self.stack.allow,))
        elif request.method == "REFER" and driver is not None:
            on_refer(driver, incoming, now=self.now)
        elif request.method == "MESSAGE" and driver is not None:
            on_message(driver, incoming, now=self.now)
        elif request.method == "NOTIFY":
            # How a transfer that we asked for goes on; whoever asked has its 2xx.
            is_of_transfer = request.get("event").partition(";")[0].strip().lower() == "refer"
            incoming.respond(200 if is_of_transfer else 489, now=self.now)
        else:
            incoming.respond(405, now=self.now, headers=(self.stack.allow,))

    def _request(self, incoming: IncomingRequest) -> None:
        match incoming.request.method:
            case "OPTIONS":
                headers = (self.stack.contact(incoming.flow), self.stack.allow,
                           ("Accept", "application/sdp"))  # fmt: skip
                incoming.respond(200, now=self.now, headers=headers)
                incoming.forget_request()
            case "REGISTER":
                self._registrar.receive(incoming)
                if incoming.status:
                    incoming.forget_request()
            case "SUBSCRIBE":
                self.subscriptions.receive(incoming)
            case "MESSAGE":
                self._messages.receive(incoming)
            case "NOTIFY":
                receive_summary(self, incoming)
            case "PUBLISH":
                self.publishing.receive(incoming)
            case _:
                incoming.respond(405, now=self.now, headers=(self.stack.allow,))
