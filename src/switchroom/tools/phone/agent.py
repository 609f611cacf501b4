"""The user agent: one SIP core with its transports, one registration, the calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import ip_address
from typing import Protocol, Self

from switchroom.base.errors import SwitchroomError
from switchroom.base.tokens import random_tokens
from switchroom.media.api import MediaEngine
from switchroom.net.driver import SipDriver
from switchroom.net.local_address import local_host_towards
from switchroom.net.tcp import open_tcp
from switchroom.net.tls import open_tls
from switchroom.net.udp import open_udp
from switchroom.sip.client import NewCall
from switchroom.sip.events import (
    Event,
    InviteReceived,
    OfferAnswered,
    OfferReceived,
    OfferRefused,
    Registered,
    RegistrationFailed,
    RequestReceived,
    RequestTimedOut,
    ResponseReceived,
    SessionAcknowledged,
    SessionAnswered,
    SessionEnded,
    SessionProgress,
    Unregistered,
)
from switchroom.sip.flow import Address, Flow, host_for_uri
from switchroom.sip.registration import ClientRegistration, NewRegistration
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session
from switchroom.sip.stack import SipStack
from switchroom.sip.stack_config import SERVED_METHODS, StackConfig
from switchroom.sip.uri import SipUri, parse_uri
from switchroom.tools.phone.call import Call, status_line
from switchroom.tools.phone.outcome import ExitCode
from switchroom.tools.phone.report import Report, Tone
from switchroom.tools.phone.settings import NETWORK_PATIENCE, PhoneSettings

CLOSING_PATIENCE = 3.0  #: seconds that a BYE, CANCEL or REGISTER of the end may take
CLOSING_STEP = 0.02  #: seconds between two looks at whether all is answered


class NetworkError(SwitchroomError):
    """No such host, or no socket."""


class Transport(Protocol):
    """An opened transport."""

    @property
    def local_address(self) -> Address:
        """Where it is bound."""
        ...

    def close(self) -> None:
        """Close it."""


class UserAgent:
    """Enter it to use it; leaving it ends calls and registration and closes all.

    Args:
        settings: Who to be and how.
        make_engine: Makes the media engine, once there is a call; it is closed here.
        report: Is told what happens.
    """

    def __init__(
        self, settings: PhoneSettings, make_engine: Callable[[], MediaEngine], report: Report
    ) -> None:
        self.settings = settings
        self.report = report
        #: The call that came; done once, until :meth:`be_ready_again`.
        self.incoming: asyncio.Future[Call] = asyncio.get_running_loop().create_future()
        methods = SERVED_METHODS - {"REGISTER"} | {"NOTIFY"}
        config = StackConfig(user_agent="Switchroom phone", methods=methods)
        self.stack = SipStack(config, random_tokens().__next__)
        self._driver = SipDriver(self.stack, self._handle)
        self._make_engine = make_engine
        self._engine: MediaEngine | None = None
        self._transports: dict[tuple[str, str], Transport] = {}
        self._calls: dict[Session, Call] = {}
        self._opened: list[Call] = []  # whose audio may have to be closed
        self._further: list[Call] = []  # came before who uses us was done with the one before
        self._registration: ClientRegistration | None = None
        self._registered: asyncio.Future[ExitCode] = asyncio.get_running_loop().create_future()
        self._unregistered = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.close()

    @property
    def engine(self) -> MediaEngine:
        """The media engine; made at the first use."""
        if self._engine is None:
            self._engine = self._make_engine()
        return self._engine

    @property
    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def pump(self) -> None:
        """After every use of the core."""
        self._driver.pump()

    def adopt(self, session: Session, call: Call) -> None:
        """Events of ``session`` belong to ``call``."""
        self._calls[session] = call

    # what the phone does

    async def register(self) -> ExitCode:
        """Register, and keep registered until :meth:`close`.

        Raises:
            NetworkError: No such host, or no socket.
        """
        identity = self.settings.identity
        server = identity.server
        flow = await self._flow_to(server)
        aor = identity.aor or identity.address
        what = NewRegistration(
            str(server),
            aor,
            self._contact(flow, parse_uri(aor.uri).user),
            account=identity.account,
            expires=self.settings.expires,
            give_up_after=NETWORK_PATIENCE,
            sender=identity.address,
        )
        text = f"registering {aor.uri} at {_where(flow)}"
        self.report.tell("registering", text, aor=aor.uri, server=_where(flow))
        self._registration = ClientRegistration(self.stack, what, flow)
        self._registration.start(now=self._now)
        self.pump()
        return await asyncio.shield(self._registered)

    async def listen(self) -> str:
        """Be there for calls; returns the URI that they reach us at.

        Raises:
            NetworkError: No such host, or no socket.
        """
        identity = self.settings.identity
        flow = await self._flow_to(identity.server)
        return self._contact(flow, parse_uri((identity.aor or identity.address).uri).user)

    async def dial(self, target: SipUri) -> Call:
        """Call somebody; the outcome is :attr:`Call.answered`.

        Raises:
            NetworkError: No such host, or no socket.
            MediaError: No port for the audio.
        """
        identity = self.settings.identity
        flow = await self._flow_to(target)
        call = Call(self, flow)
        self._opened.append(call)
        self.report.tell("calling", f"calling {target}", target=str(target), server=_where(flow))
        what = NewCall(
            str(target),
            "",
            identity.address,
            account=identity.account,
            give_up_after=NETWORK_PATIENCE,
        )
        await call.dial(what)
        return call

    async def forget(self, call: Call) -> None:
        """A call is over: close its audio, so that there is room for others."""
        if call in self._opened:
            self._opened.remove(call)
            await call.audio.close()

    async def be_ready_again(self) -> None:
        """The call that came is over: :attr:`incoming` is the next one."""
        if self.incoming.done():
            ended, self.incoming = self.incoming.result(), asyncio.Future()
            if self._further:
                self.incoming.set_result(self._further.pop(0))
            await self.forget(ended)

    def _contact(self, flow: Flow, user: str) -> str:
        host, port = flow.local
        parameters = {"transport": flow.protocol} if flow.is_reliable else {}
        return str(SipUri("sip", user, host_for_uri(host), port, parameters))

    async def _flow_to(self, target: SipUri) -> Flow:
        protocol = target.transport or "udp"
        remote = await resolve(target)
        host = local_host_towards(remote[0])
        port = 0
        if self.settings.bind is not None:
            host, port = self.settings.bind
        transport = self._transports.get((protocol, host))
        if transport is None:
            try:
                transport = await self._open(protocol, host, port)
            except OSError as error:
                what = f"cannot open {protocol.upper()} on {host}:{port}: {error.strerror}"
                raise NetworkError(what) from error
            self._transports[protocol, host] = transport
        return Flow(protocol, remote, transport.local_address, name=target.host.strip("[]"))

    async def _open(self, protocol: str, host: str, port: int) -> Transport:
        if protocol == "tls":
            return await open_tls(self._driver, host, port, self.settings.tls)
        opener = open_tcp if protocol == "tcp" else open_udp
        opened: Transport = await opener(self._driver, host, port)
        return opened

    # events

    def _handle(self, event: Event) -> None:
        match event:
            case InviteReceived(session):
                self._invite(session)
            case RequestReceived(incoming, None):
                self._request(incoming)
            case Registered() | RegistrationFailed() | Unregistered():
                self._registration_event(event)
            case _:
                self._call_event(event)

    def _invite(self, session: Session) -> None:
        assert session.request is not None
        caller = session.request.get("from").partition(";")[0]
        self.report.tell("incoming", f"a call from {caller}", caller=caller)
        if self.settings.incoming is None or self._is_taken():
            status = 486 if self._opened else 480
            text = f"we refuse it: {status_line(status)}"
            self.report.tell("refused-incoming", text, status=status)
            session.refuse(status, now=self._now)
            return
        call = Call(self, session.flow, session)
        self._opened.append(call)
        self.adopt(session, call)
        if self.incoming.done():
            self._further.append(call)
        else:
            self.incoming.set_result(call)

    def _is_taken(self) -> bool:
        incoming = self.settings.incoming
        if incoming is not None and incoming.further:
            return not all(call.ended.done() for call in self._opened)
        return bool(self._opened)

    def _request(self, incoming: IncomingRequest) -> None:
        method = incoming.request.method
        headers = [self.stack.contact(incoming.flow), self.stack.allow]
        # NOTIFY outside of a dialog: a server that tells of waiting messages without being asked.
        status = 200 if method in {"OPTIONS", "NOTIFY"} else 405
        incoming.respond(status, now=self._now, headers=headers)

    def _registration_event(self, event: Registered | RegistrationFailed | Unregistered) -> None:
        match event:
            case Registered(_, expires):
                text = f"registered for {expires} s"
                self.report.tell("registered", text, tone=Tone.GOOD, expires=expires)
                self._settle_registration(ExitCode.DONE)
            case RegistrationFailed(_, status, retry_after):
                text = f"not registered: {status_line(status) if status else 'no answer'}"
                if retry_after is not None and self._registered.done():
                    text += f"; another attempt in {retry_after:.0f} s"
                self.report.tell("not-registered", text, tone=Tone.BAD, status=status)
                self._settle_registration(ExitCode.NOT_REGISTERED if status else ExitCode.NETWORK)
            case Unregistered():
                self.report.tell("unregistered", "unregistered")
                self._unregistered.set()

    def _settle_registration(self, code: ExitCode) -> None:
        if not self._registered.done():
            self._registered.set_result(code)

    def _call_event(self, event: Event) -> None:
        call = self._call_of(event)
        if call is None:
            return
        match event:
            case SessionProgress(_, status, sdp):
                call.on_progress(status, sdp)
            case SessionAnswered(_, sdp):
                call.on_answered(sdp)
            case SessionAcknowledged(_, sdp):
                call.on_acknowledged(sdp)
            case SessionEnded(session):
                del self._calls[session]
                call.on_ended(event)
            case OfferReceived(_, sdp):
                call.on_offer(sdp)
            case _:
                self._answer_event(call, event)

    def _answer_event(self, call: Call, event: Event) -> None:
        match event:
            case OfferAnswered(_, sdp):
                call.on_offer_outcome(200, sdp)
            case OfferRefused(_, status):
                call.on_offer_outcome(status)
            case RequestReceived(incoming):
                call.on_request(incoming)
            case ResponseReceived(outgoing, response):
                call.on_response(outgoing.method, response.status)
            case RequestTimedOut(outgoing):
                call.on_response(outgoing.method, 408)
            case _:
                pass  # the others belong to no call

    def _call_of(self, event: Event) -> Call | None:
        if isinstance(event, ResponseReceived | RequestTimedOut):
            session = event.outgoing.session
        else:
            session = getattr(event, "session", None)
        return self._calls.get(session) if session is not None else None

    # the end

    async def close(self) -> None:
        """Hang up, unregister, let both be answered, and close everything."""
        try:
            async with asyncio.timeout(CLOSING_PATIENCE):
                await self._end_all()
        except TimeoutError:
            pass  # nobody answers any more: that keeps nobody here
        for call in self._opened:
            await call.audio.close()
        if self._engine is not None:
            await self._engine.close()
        self._driver.close()
        for transport in self._transports.values():
            transport.close()
        await asyncio.sleep(0)  # what was written to a connection leaves

    async def _end_all(self) -> None:
        for call in list(self._calls.values()):
            call.hang_up()
        if self._registration is not None:
            self._registration.stop(now=self._now)
            self.pump()
        # The core has no event for the answer to a BYE: look now and then.
        while self._calls or self.stack.has_unanswered:  # noqa: ASYNC110
            await asyncio.sleep(CLOSING_STEP)


def _where(flow: Flow) -> str:
    host, port = flow.remote
    return f"{host_for_uri(host)}:{port} over {flow.protocol.upper()}"


async def resolve(uri: SipUri) -> Address:
    """Where requests for a URI go: its host and port, names by DNS or the hosts file.

    Raises:
        NetworkError: There is no such host.
    """
    host = uri.host.strip("[]")
    port = uri.port or (5061 if uri.transport == "tls" else 5060)
    try:
        return str(ip_address(host)), port
    except ValueError:
        pass
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port)
    except OSError as error:
        raise NetworkError(f"no host {host!r}: {error.strerror}") from error
    return str(found[0][4][0]), port
