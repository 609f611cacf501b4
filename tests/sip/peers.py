"""Two SIP cores back to back, without sockets."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from switchroom.sip.events import Event, InviteReceived, Send
from switchroom.sip.flow import Flow
from switchroom.sip.stack import SipStack
from switchroom.sip.stack_config import StackConfig

ALICE = ("192.0.2.1", 5060)
BOB = ("192.0.2.2", 5060)
OFFER = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
ANSWER = OFFER.replace("192.0.2.1", "192.0.2.2").replace("4000", "5000")

Lose = Callable[[int], bool]


def counting_token(prefix: str) -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{prefix}{next(numbers)}"


def make_stack(prefix: str = "t", config: StackConfig | None = None) -> SipStack:
    return SipStack(config or StackConfig(), counting_token(prefix))


class Pair:
    """Alice and Bob, a clock, and a network that may lose the n-th message."""

    def __init__(self, *, protocol: str = "udp", lose: Lose = lambda _: False) -> None:
        self.alice = make_stack("a")
        self.bob = make_stack("b")
        self.now = 0.0
        self.sent: list[str] = []
        self.events: dict[str, list[Event]] = {"alice": [], "bob": []}
        self.to_bob = Flow(protocol, BOB, ALICE, 0 if protocol == "udp" else 1)
        self._lose = lose
        self._count = itertools.count()

    def settle(self) -> None:
        """Deliver until nobody has anything to say."""
        busy = True
        while busy:
            busy = False
            for name, stack, other in (
                ("alice", self.alice, self.bob),
                ("bob", self.bob, self.alice),
            ):
                for item in stack.take_output():
                    busy = True
                    if isinstance(item, Send):
                        self._deliver(name, item, other)
                    else:
                        self.events[name].append(item)
                        if isinstance(item, InviteReceived):
                            item.session.provisional(100, now=self.now)

    def _deliver(self, sender: str, item: Send, other: SipStack) -> None:
        first = item.data.split(b"\r\n", 1)[0].decode()
        word = first.split()[1] if first.startswith("SIP/") else first.split()[0]
        if self._lose(next(self._count)):
            self.sent.append(f"{sender} {word} lost")
            return
        self.sent.append(f"{sender} {word}")
        flow = item.flow
        back = Flow(flow.protocol, flow.local, flow.remote, flow.connection)
        other.receive(item.data, back, now=self.now)

    def advance(self, seconds: float) -> None:
        """Let time pass, firing every timer on its instant."""
        end = self.now + seconds
        while True:
            deadlines = [
                d for d in (self.alice.next_deadline(), self.bob.next_deadline()) if d is not None
            ]
            at = min(deadlines, default=end + 1)
            if at > end:
                break
            self.now = max(self.now, at)
            self.alice.tick(now=self.now)
            self.bob.tick(now=self.now)
            self.settle()
        self.now = end

    def last(self, name: str) -> Event:
        return self.events[name][-1]
