"""Where we register ourselves: made at start, kept, and taken back at the end."""

from __future__ import annotations

import asyncio
import logging
import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.endpoint import OutboundRegistration, account_of
from switchroom.channels.sip.telling import tell_registry
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.events import Registered, RegistrationFailed, Unregistered
from switchroom.sip.flow import Flow, host_for_uri
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.registration import ClientRegistration, NewRegistration
from switchroom.sip.uri import parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

GOODBYE_TIMEOUT = 1.0  #: seconds that registrars get to take a registration back when we end


@dataclass(slots=True)
class Standing:
    """How one registration stands.

    Attributes:
        settings: As configured.
        line: The token in its Contact that calls come back with.
        status: As ``pjsip show registrations`` has it.
    """

    settings: OutboundRegistration
    line: str = field(default_factory=lambda: secrets.token_hex(8))
    status: str = "Unregistered"
    core: ClientRegistration | None = None
    flows: list[Flow] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    @property
    def expires_in(self) -> float | None:
        """Seconds until the registrar forgets it, if it knows it."""
        expires_at = self.core.expires_at if self.core is not None else None
        return None if expires_at is None else expires_at - asyncio.get_running_loop().time()


class Registrations:
    """Every registration of ours.

    Args:
        service: Sends them.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service
        self._standing: dict[str, Standing] = {}
        self._by_core: dict[ClientRegistration, Standing] = {}
        self._all_ended = asyncio.Event()

    def __iter__(self) -> Iterator[Standing]:
        return iter([each for _, each in sorted(self._standing.items())])

    def get(self, name: str) -> Standing | None:
        """One by its name."""
        return self._standing.get(name)

    def take(self, wanted: tuple[OutboundRegistration, ...]) -> None:
        """Have these from now on: new and changed ones are made, others taken back."""
        by_name = {each.name: each for each in wanted}
        for name, standing in list(self._standing.items()):
            if by_name.get(name) != standing.settings:
                self.stop(standing)
                del self._standing[name]
        for name, settings in by_name.items():
            if name not in self._standing:
                self._standing[name] = standing = Standing(settings)
                self.start(standing, delay=random.uniform(0, settings.initial_delay))

    def start(self, standing: Standing, *, delay: float = 0.0) -> None:
        """Register, or do it anew."""
        self.stop(standing)
        standing.task = self._service.pbx.spawn(
            self._begin(standing, delay), name=f"register {standing.settings.name}"
        )

    def stop(self, standing: Standing) -> None:
        """Take it back."""
        if standing.task is not None:
            standing.task.cancel()
            standing.task = None
        if standing.core is not None:
            standing.core.stop(now=asyncio.get_running_loop().time())
            standing.core = None
            self._service.pump()
        standing.status = "Unregistered"

    async def close(self) -> None:
        """Take all back, and wait a moment for the answers."""
        for standing in self._standing.values():
            self.stop(standing)
        self._standing.clear()
        self._all_ended.clear()
        if self._by_core:
            try:
                async with asyncio.timeout(GOODBYE_TIMEOUT):
                    await self._all_ended.wait()
            except TimeoutError:
                logger.info("%s registrars did not answer the goodbye", len(self._by_core))

    def endpoint_of_line(self, line: str) -> str:
        """Whose call comes with this token; empty for a token that is none of ours."""
        for standing in self._standing.values():
            if standing.settings.endpoint and standing.line == line:
                return standing.settings.endpoint
        return ""

    def service_route(self, endpoint: str) -> tuple[str, ...]:
        """Through whom calls of an endpoint have to go, as its registrar said (RFC 3608)."""
        for standing in self._standing.values():
            if standing.settings.endpoint == endpoint and standing.core is not None:
                return standing.core.service_route
        return ()

    async def _begin(self, standing: Standing, delay: float) -> None:
        await asyncio.sleep(delay)
        settings = standing.settings
        while not (flows := await self._flows(settings)):
            logger.warning("registration %s: no way to %s", settings.name, settings.server_uri)
            await asyncio.sleep(max(1.0, settings.retry.in_trouble))
        standing.flows = flows
        try:
            what = self._what(standing, flows[0])
        except RemoteSipError as error:
            logger.warning("registration %s: %s", settings.name, error)
            standing.status = "Rejected"
            return
        core = ClientRegistration(self._service.stack, what, flows[0])
        standing.core = core
        self._by_core[core] = standing
        standing.task = None
        core.start(now=asyncio.get_running_loop().time())
        self._service.pump()

    async def _flows(self, settings: OutboundRegistration) -> list[Flow]:
        target = settings.proxies[0] if settings.proxies else settings.server_uri
        return await self._service.flows_to(target, transport=settings.transport)

    def _what(self, standing: Standing, flow: Flow) -> NewRegistration:
        settings = standing.settings
        host, port = self._service.advertised(flow)
        protocol = "" if flow.protocol == "udp" else f";transport={flow.protocol}"
        line = f";line={standing.line}" if settings.endpoint else ""
        user = settings.contact_user or "s"
        more = f";{settings.contact_parameters}" if settings.contact_parameters else ""
        headers = [("Route", f"<{proxy}>") for proxy in settings.proxies]
        if settings.user_agent:
            headers.append(("User-Agent", settings.user_agent))
        if settings.support_path:
            headers.append(("Supported", "path"))
        aor = parse_uri(settings.client_uri)
        return NewRegistration(
            registrar=str(parse_uri(settings.server_uri)),
            aor=NameAddr(str(aor)),
            contact=f"sip:{user}@{host_for_uri(host)}:{port}{protocol}{line}",
            account=account_of(settings.credentials),
            expires=settings.expires,
            headers=tuple(headers),
            retry=settings.retry,
            contact_parameters=more,
        )

    # what the core tells

    def on_event(self, event: Registered | RegistrationFailed | Unregistered) -> None:
        """A registration was made, failed or ended."""
        core = event.registration
        standing = self._by_core.get(core)
        if standing is None:
            return
        is_current = standing.core is core
        match event:
            case Registered(_, expires):
                if is_current and standing.status != "Registered":
                    logger.info("registered %s for %s s", standing.settings.name, expires)
                    standing.status = "Registered"
                    tell_registry(self._service, standing)
            case RegistrationFailed(_, status, None):
                self._forget(core)
                if is_current:
                    standing.status = "Stopped" if status in {0, 408} else "Rejected"
                    tell_registry(self._service, standing, status)
                self._warn(standing, status, "for good")
            case RegistrationFailed(_, status, after):
                if is_current:
                    standing.status = "Unregistered"
                    tell_registry(self._service, standing, status)
                self._try_elsewhere(standing, core, status)
                self._warn(standing, status, f"again in {after:g} s")
            case Unregistered():
                self._forget(core)

    def _warn(self, standing: Standing, status: int, then: str) -> None:
        what = f"status {status}" if status else "no answer"
        logger.warning("registration %s: %s (%s)", standing.settings.name, what, then)

    def _forget(self, core: ClientRegistration) -> None:
        self._by_core.pop(core, None)
        if not self._by_core:
            self._all_ended.set()

    def _try_elsewhere(self, standing: Standing, core: ClientRegistration, status: int) -> None:
        """Nobody there, or out of service: the next place of that name (RFC 3263 §4.3)."""
        if status in {0, 408, 503} and len(standing.flows) > 1:
            standing.flows = [*standing.flows[1:], standing.flows[0]]
            core.flow = standing.flows[0]
