"""What all loads share: one SIP core on one socket, events by session, and the pace."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from switchroom.base.tokens import random_tokens
from switchroom.net.driver import SipDriver
from switchroom.net.local_address import local_host_towards
from switchroom.net.udp import UdpTransport, open_udp
from switchroom.sip.events import Event, InviteReceived, RequestReceived
from switchroom.sip.flow import Flow, host_for_uri
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.stack import SipStack
from switchroom.sip.stack_config import StackConfig
from switchroom.tools.bench.measuring import Tally
from switchroom.tools.bench.pace import Pace
from switchroom.tools.bench.settings import Load, User

T1 = 0.5  #: seconds after which an unanswered request is sent again (RFC 3261 §17.1.1.2)
LOOK = 0.02  #: seconds between two looks at whether all is over
SHORTEST_NAP = 0.002  #: seconds; calls that are due within it begin together


class Agent(ABC):
    """Puts one process's load onto a server.

    Args:
        load: What to do.
    """

    def __init__(self, load: Load) -> None:
        self.load = load
        self.tally = Tally()
        self.tally.effort.processes = 1
        self._loop = asyncio.get_running_loop()
        self._most_open = 0
        config = StackConfig(user_agent="Switchroom bench")
        self.stack = SipStack(config, random_tokens().__next__)
        self.driver = SipDriver(self.stack, self._hear)
        self._transport: UdpTransport | None = None

    @property
    def now(self) -> float:
        """Seconds on the loop's clock."""
        return self._loop.time()

    async def open(self) -> None:
        """Bind the socket.

        Raises:
            OSError: There is none to be had.
        """
        host = local_host_towards(self.load.server[0])
        self._transport = await open_udp(self.driver, host, 0)
        self.flow = Flow("udp", self.load.server, self._transport.local_address)

    def close(self) -> None:
        """Close the socket."""
        self.driver.close()
        if self._transport is not None:
            self._transport.close()

    def address_of(self, user: User) -> NameAddr:
        """A user's address at the server."""
        return NameAddr(f"sip:{user.name}@{self.load.domain}")

    def contact_of(self, user: User) -> str:
        """Where a user is reached."""
        host, port = self.flow.local
        return f"<sip:{user.name}@{host_for_uri(host)}:{port}>"

    async def run(self) -> None:
        """Begin all, and wait for what becomes of them."""
        began_at, pace = self.now, Pace(self.load.rate, self.load.count, now=self.now)
        while not pace.is_done:
            now = self.now
            self.tally.effort.lag.add(pace.late(now=now))
            for _ in range(pace.due(now=now)):
                user = self.load.users[self.tally.begun % len(self.load.users)]
                self.tally.begun += 1
                await self.begin(user)
            self.driver.pump()
            self.tally.up_at_once = max(self.tally.up_at_once, self.open_count)
            await asyncio.sleep(max(pace.next_at - self.now, SHORTEST_NAP))
        self.tally.seconds = max(self.now - began_at, 1 / self.load.rate)
        await self.finish()

    async def wait_until_over(self, patience: float) -> None:
        """Wait until nothing is open any more, or for so long."""
        deadline = self.now + patience
        # The core has no event for the answer to a BYE: look now and then.
        while self.now < deadline and (self.open_count or self.stack.has_unanswered):  # noqa: ASYNC110
            await asyncio.sleep(LOOK)

    def _hear(self, event: Event) -> None:
        if isinstance(event, InviteReceived):
            event.session.refuse(486, now=self.now)
        elif isinstance(event, RequestReceived):
            event.incoming.respond(200, now=self.now)  # OPTIONS and NOTIFY of a server that asks
        else:
            self.hear(event)

    @property
    @abstractmethod
    def open_count(self) -> int:
        """What is on its way, or up."""

    @abstractmethod
    async def begin(self, user: User) -> None:
        """Begin one."""

    @abstractmethod
    def hear(self, event: Event) -> None:
        """Take an event of the core."""

    @abstractmethod
    async def finish(self) -> None:
        """All have begun: wait for what is open, and end what does not end by itself."""
