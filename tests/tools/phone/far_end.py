"""The other side of the phone, on loopback sockets and in virtual time; it does what a test says."""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from switchroom.net.driver import SipDriver
from switchroom.net.tcp import open_tcp
from switchroom.net.udp import open_udp
from switchroom.sip.digest import Authenticator, Verdict, ha1_of, parse_credentials
from switchroom.sip.events import (
    Event,
    InviteReceived,
    OfferReceived,
    RequestReceived,
    SessionEnded,
)
from switchroom.sip.flow import Flow
from switchroom.sip.message import Header, Request
from switchroom.sip.registrar import Binding, RegistrarPolicy, register
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session
from switchroom.sip.stack import SipStack
from switchroom.sip.stack_config import SERVED_METHODS, StackConfig
from switchroom.tools.phone.options import add_options, settings_of
from switchroom.tools.phone.outcome import ExitCode
from switchroom.tools.phone.phone import Phone
from switchroom.tools.phone.report import Report
from tests.support.fakes import FakeEngine, FakeStream, run_virtual

T = TypeVar("T")

SDP = (
    "v=0\r\no=- 1 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
)
_tokens = itertools.count(1)


def sdp(direction: str = "sendrecv", version: int = 1) -> str:
    return SDP.format(direction=direction, version=version)


class FarEnd:
    """A server or another phone.

    Set :attr:`on_invite` and :attr:`on_offer`; what came is kept in :attr:`events`.
    """

    def __init__(
        self, *, password: str | None = None, algorithms: tuple[str, ...] = ("MD5",)
    ) -> None:
        self.events: list[Event] = []
        self.requests: list[Request] = []
        self.invites: list[Session] = []
        self.bindings: tuple[Binding, ...] = ()
        self.refuses_registrations_with = 0
        self.on_invite: Callable[[Session], None] = self.accept
        self.on_offer: Callable[[Session, str], None] = self.answer_offer
        self.on_request: Callable[[IncomingRequest], object] | None = None
        self.password = password
        self.policy = RegistrarPolicy(maximum=600)
        self._judge = Authenticator(b"k" * 16, algorithms=algorithms)
        methods = SERVED_METHODS | {"REFER", "NOTIFY"}
        self.stack = SipStack(StackConfig(methods=methods), lambda: f"far{next(_tokens)}")
        self.driver = SipDriver(self.stack, self._handle)
        self.transport: Any = None
        self.protocol = "udp"

    async def start(self, protocol: str = "udp") -> None:
        opener: Callable[..., Awaitable[Any]] = open_tcp if protocol == "tcp" else open_udp
        self.transport = await opener(self.driver, "127.0.0.1", 0)
        self.protocol = protocol

    def close(self) -> None:
        self.driver.close()
        self.transport.close()

    @property
    def address(self) -> str:
        """``127.0.0.1:PORT``."""
        host, port = self.transport.local_address
        return f"{host}:{port}"

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Do something in a while, and send what comes of it."""

        def act() -> None:
            work()
            self.driver.pump()

        asyncio.get_running_loop().call_later(seconds, act)

    # what it does with an INVITE

    def accept(self, session: Session) -> None:
        session.accept(sdp(), now=self.now)

    def answer_offer(self, session: Session, offer: str) -> None:
        direction = "recvonly" if "a=sendonly" in offer else "sendrecv"
        session.answer_offer(sdp(direction, 2), now=self.now)

    def call(self, work: Callable[[SipStack, Flow], T]) -> T:
        """Use the core towards the phone that registered."""
        binding = self.bindings[-1]
        protocol, host, port = binding.source.split(":")
        flow = Flow(protocol, (host, int(port)), self.transport.local_address)
        result = work(self.stack, flow)
        self.driver.pump()
        return result

    @property
    def ended(self) -> list[SessionEnded]:
        return [e for e in self.events if isinstance(e, SessionEnded)]

    def _handle(self, event: Event) -> None:
        self.events.append(event)
        match event:
            case InviteReceived(session):
                assert session.request is not None
                self.requests.append(session.request)
                if challenge := self._challenge(session.request):
                    session.refuse(401, now=self.now, headers=challenge)
                    return
                self.invites.append(session)
                self.on_invite(session)
            case OfferReceived(session, offer):
                self.on_offer(session, offer)
            case RequestReceived(incoming):
                self.requests.append(incoming.request)
                self._request(incoming)
            case _:
                pass

    def _challenge(self, request: Request) -> list[Header]:
        """What a request without the right credentials is answered with; empty: it is let in."""
        if self.password is None:
            return []
        password = self.password
        verdict = self._judge.judge(
            parse_credentials(request.get("authorization")),
            request.method,
            lambda algorithm: ha1_of("alice", "far", password, algorithm),
            now=self.now,
        )
        if verdict is Verdict.GOOD:
            return []
        return [("WWW-Authenticate", c) for c in self._judge.challenges("far", now=self.now)]

    def _request(self, incoming: IncomingRequest) -> None:
        request, now = incoming.request, self.now
        if request.method == "REGISTER":
            if challenge := self._challenge(request):
                incoming.respond(401, now=now, headers=challenge)
                return
            if self.refuses_registrations_with:
                incoming.respond(self.refuses_registrations_with, now=now)
                return
            host, port = incoming.flow.remote
            source = f"{incoming.flow.protocol}:{host}:{port}"
            result = register(request, self.bindings, self.policy, now=now, source=source)
            self.bindings = result.bindings
            incoming.respond(result.status, now=now, headers=result.headers)
        elif self.on_request is not None:
            self.on_request(incoming)
        else:
            incoming.respond(200, now=now)


class Run:
    """One run of the phone: exit code and lines."""

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.code: ExitCode | None = None
        self.output = io.StringIO()
        self.other: FarEnd | None = None

    @property
    def far(self) -> FarEnd:
        """The other side."""
        assert self.other is not None
        return self.other

    @property
    def stream(self) -> FakeStream:
        """The audio of its call."""
        return self.engine.streams[-1]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.output.getvalue().splitlines()]

    @property
    def told(self) -> list[str]:
        """The names of the events."""
        return [line["event"] for line in self.lines]

    def line(self, event: str) -> dict[str, Any]:
        """The first line of that name."""
        return next(line for line in self.lines if line["event"] == event)


async def run_options(run: Run, options: list[str]) -> None:
    """Run the phone with the words of a command line until it ends."""
    parser = argparse.ArgumentParser()
    add_options(parser)
    settings = settings_of(parser.parse_args(options), Path("nowhere"), {})
    loop = asyncio.get_running_loop()
    report = Report(
        run.output, as_json=True, clock=lambda: datetime.fromtimestamp(loop.time(), UTC)
    )
    run.code = await Phone(settings, lambda: run.engine, report).run()


Story = Callable[[Run], object]


def run_phone(
    *options: str,
    story: Story | None = None,
    far: Callable[[], FarEnd] = FarEnd,
    protocol: str = "udp",
) -> Run:
    """Run the phone against a far end until it ends.

    Args:
        options: Of the command line; ``{far}`` is the other side's address.
        story: Told before the phone starts, to say what the other side does.
        far: Makes the other side.
        protocol: That it listens on.
    """

    async def main() -> Run:
        run = Run(FakeEngine())
        run.other = other = far()
        await other.start(protocol)
        if story is not None:
            story(run)
        try:
            async with asyncio.timeout(86400):
                await run_options(run, [word.replace("{far}", other.address) for word in options])
        finally:
            other.close()
            await asyncio.sleep(0)
        return run

    return run_virtual(main())
