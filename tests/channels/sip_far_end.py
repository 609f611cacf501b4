"""A SIP side on a configuration, and another party on a socket of its own, in virtual time."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import switchroom.apps
import switchroom.functions
from switchroom.channels.local import LocalTechnology
from switchroom.channels.sip.endpoints.settings import merge
from switchroom.channels.sip.service import SipService
from switchroom.channels.sip.technology import SipTechnology
from switchroom.config.language.reader import parse_config
from switchroom.config.pjsip.objects import PjsipConfig, read_pjsip
from switchroom.config.sip.peers import read_sip
from switchroom.dialplan.interpreter import Interpreter
from switchroom.dialplan.parser import parse_dialplan
from switchroom.dialplan.registry import collect_applications, collect_functions
from switchroom.net.driver import SipDriver
from switchroom.net.udp import UdpTransport, open_udp
from switchroom.pbx.pbx import Pbx
from switchroom.sip.client import NewCall, NewRequest
from switchroom.sip.digest import Account
from switchroom.sip.events import (
    Event,
    InviteReceived,
    RequestReceived,
    ResponseReceived,
    SessionAnswered,
    SessionEnded,
)
from switchroom.sip.flow import Flow
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.message import Header, Request, Response
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session
from switchroom.sip.stack import SipStack
from switchroom.sip.stack_config import SERVED_METHODS, StackConfig
from tests.support.fakes import make_pbx
from tests.support.virtual_loop import run_virtual

OFFER = (
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n"
)
TRANSPORT = "[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:0\n"
ALL_METHODS = SERVED_METHODS | {"MESSAGE", "NOTIFY", "REFER", "SUBSCRIBE", "PUBLISH", "PRACK"}
PATIENCE = 60.0  #: virtual seconds


@dataclass
class FarEnd:
    """Another party; it keeps all events and answers as a test tells it."""

    answers: Callable[[IncomingRequest], object] | None = None
    on_invite: Callable[[Session], None] | None = None
    events: list[Event] = field(default_factory=list)
    word: str = "far"  #: what its tags and branches begin with
    patience: float = PATIENCE

    async def open(self) -> None:
        numbers = itertools.count(1)
        config = StackConfig(
            "far end",
            ALL_METHODS,
            frozenset({"replaces"}),
            frozenset({"eventlist"}),
            stray=frozenset({"NOTIFY"}),
        )
        self.stack = SipStack(config, lambda: f"{self.word}{next(numbers)}")
        self.driver = SipDriver(self.stack, self._on_event)
        self.transport: UdpTransport = await open_udp(self.driver, "127.0.0.1", 0)

    def close(self) -> None:
        self.driver.close()
        self.transport.close()

    @property
    def port(self) -> int:
        return self.transport.local_address[1]

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def _on_event(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, RequestReceived) and self.answers is not None:
            self.answers(event.incoming)
        elif isinstance(event, InviteReceived) and self.on_invite is not None:
            self.on_invite(event.session)

    def requests(self, method: str = "") -> list[Request]:
        """All requests received outside of sessions, and the INVITEs."""
        found: list[Request] = []
        for event in self.events:
            if isinstance(event, RequestReceived):
                found.append(event.incoming.request)
            elif isinstance(event, InviteReceived) and event.session.request is not None:
                found.append(event.session.request)
        return [each for each in found if method in {"", each.method}]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds; time is virtual, so looking often costs nothing."""
        async with asyncio.timeout(self.patience):
            while not holds():
                await asyncio.sleep(0.01)

    async def request(
        self,
        method: str,
        uri: str,
        flow: Flow,
        *,
        sender: str = "sip:alice@127.0.0.1",
        headers: tuple[Header, ...] = (),
        body: bytes = b"",
        account: Account | None = None,
    ) -> Response:
        """Send a request and return its final response."""
        to = NameAddr(sender) if method == "REGISTER" else None
        what = NewRequest(
            method, uri, NameAddr(sender), to=to, headers=headers, body=body, account=account
        )
        self.stack.request(what, flow, now=self.now)
        self.driver.pump()
        before = len(self.events)

        def answered() -> list[Response]:
            return [
                e.response
                for e in self.events[before:]
                if isinstance(e, ResponseReceived) and e.response.status >= 200
            ]

        await self.until(answered)
        return answered()[0]

    def invite(
        self,
        uri: str,
        flow: Flow,
        *,
        sender: str = "sip:alice@127.0.0.1",
        name: str = "",
        headers: tuple[Header, ...] = (),
        sdp: str = OFFER,
        account: Account | None = None,
    ) -> Session:
        """Send an INVITE."""
        what = NewCall(uri, sdp, NameAddr(sender, name), headers=headers, account=account)
        session = self.stack.invite(what, flow, now=self.now)
        self.driver.pump()
        return session

    async def call(
        self,
        uri: str,
        flow: Flow,
        *,
        sender: str = "sip:alice@127.0.0.1",
        name: str = "",
        headers: tuple[Header, ...] = (),
        sdp: str = OFFER,
        account: Account | None = None,
    ) -> Session:
        """Send an INVITE; returns its session once it was answered or refused."""
        session = self.invite(
            uri, flow, sender=sender, name=name, headers=headers, sdp=sdp, account=account
        )
        await self.until(lambda: self.outcome(session))
        return session

    def outcome(self, session: Session) -> SessionAnswered | SessionEnded | None:
        for event in self.events:
            if isinstance(event, SessionAnswered | SessionEnded) and event.session is session:
                return event
        return None

    def pump(self) -> None:
        self.driver.pump()


@dataclass
class Side:
    """The SIP side under test and the other party."""

    service: SipService
    pbx: Pbx
    far: FarEnd
    config: PjsipConfig

    @property
    def port(self) -> int:
        return self.service.transports[0][1].local_address[1]

    @property
    def flow(self) -> Flow:
        """From the other party to the side under test."""
        return Flow("udp", ("127.0.0.1", self.port), ("127.0.0.1", self.far.port))

    def uri(self, user: str = "") -> str:
        return f"sip:{user}@127.0.0.1:{self.port}" if user else f"sip:127.0.0.1:{self.port}"


Story = Callable[[Side], Awaitable[None]]


def play(story: Story, pjsip: str, *, dialplan: str = "", sip: str = "") -> None:
    """Start both and play a story on them.

    Args:
        story: What happens.
        pjsip: A ``pjsip.conf`` without its transport; ``{far}`` stands for the other's port.
        dialplan: An ``extensions.conf``.
        sip: A ``sip.conf``, with the same stand-in.
    """

    async def main() -> None:
        far = FarEnd()
        await far.open()
        interpreter = Interpreter(
            collect_applications(switchroom.apps),
            collect_functions(switchroom.functions),
            parse_dialplan(parse_config(dialplan)),
        )
        try:
            async with make_pbx(interpreter) as pbx:
                text = TRANSPORT + pjsip.replace("{far}", str(far.port))
                config = read_pjsip(parse_config(text))
                old = read_sip(parse_config(sip.replace("{far}", str(far.port)))) if sip else None
                service = SipService(pbx, merge(config, old, user_agent="test"))
                technology = SipTechnology(service)
                local = LocalTechnology()
                pbx.technologies = {"PJSIP": technology, "SIP": technology, "LOCAL": local}
                await service.start()
                try:
                    await story(Side(service, pbx, far, config))
                finally:
                    for channel in list(pbx.channels.values()):
                        channel.hangup()
                    await service.close()
        finally:
            far.close()

    run_virtual(main())
