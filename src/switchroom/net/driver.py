"""The one place where the SIP core meets sockets and a clock.

Feed, flush, arm one timer: there is no protocol decision here. What the core raises, which it
should not, ends with the packet that caused it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from switchroom.net.congestion import Congestion
from switchroom.net.trace import trace
from switchroom.sip.events import Event, InviteReceived, OfferReceived, RequestReceived, Send
from switchroom.sip.flow import Flow
from switchroom.sip.message import Message
from switchroom.sip.parser import MalformedMessageError
from switchroom.sip.refusal import acknowledges_refusal, new_call
from switchroom.sip.session import SessionState
from switchroom.sip.stack import SipStack

logger = logging.getLogger(__name__)

MINIMUM_TIMER_GAP = 0.005  #: seconds; timers closer than that share one wake-up


class Transport(Protocol):
    """What carries octets of one protocol from one local address."""

    def send(self, data: bytes, flow: Flow) -> None:
        """Send, or drop where it cannot be sent; never raises, never blocks."""


class SipDriver:
    """Drives one SIP core over any number of transports.

    Args:
        stack: The core.
        on_event: Gets every event, in order; it may use the core, whose output follows at once.
    """

    def __init__(self, stack: SipStack, on_event: Callable[[Event], None]) -> None:
        self.stack = stack
        self.faults = 0  #: packets that raised in the core: each is a defect of ours
        #: Whether what comes from a host is dropped unread, at a time.
        self.blocks: Callable[[str, float], bool] = lambda _host, _now: False
        #: Whether a host may have more connections than strangers get, at a time.
        self.trusts: Callable[[str, float], bool] = lambda _host, _now: False
        self._on_event = on_event
        self._loop = asyncio.get_running_loop()
        self.congestion = Congestion(self._loop)
        self._transports: dict[tuple[str, str, int], Transport] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = float("inf")
        self._pumping = False

    def add_transport(self, protocol: str, host: str, port: int, transport: Transport) -> None:
        """Send what leaves ``host:port`` over ``protocol`` by this transport."""
        self._transports[protocol, host, port] = transport

    def received(self, data: bytes, flow: Flow) -> None:
        """Take a datagram."""
        now = self._loop.time()
        if self.blocks(flow.remote[0], now):
            return
        self.congestion.took(now)
        trace("<--", data, flow)
        if self._is_refused(data, flow):
            return
        self._guarded("a datagram", self.stack.receive, data, flow, now=now)
        self.pump()

    def _is_refused(self, data: bytes, flow: Flow) -> bool:
        """Refuse the first request of a call while there is too much to do; what stands goes on."""
        if acknowledges_refusal(data):
            return True
        if not self.congestion.is_overloaded:
            return False
        call = new_call(data)
        if call is None or call.key in self.stack.servers:
            return False
        self.congestion.refused += 1
        refusal = call.refusal(flow.remote, self.stack.config.user_agent, self.stack.token())
        self._send(Send(refusal, flow))
        return True

    def received_message(self, message: Message | MalformedMessageError, flow: Flow) -> None:
        """Take a message that a connection's stream was cut into."""
        now = self._loop.time()
        if self.blocks(flow.remote[0], now):
            return
        self.congestion.took(now)
        self.stack.refuses_calls = self.congestion.is_overloaded
        self._guarded("a message", self.stack.receive_message, message, flow, now=now)
        self.pump()

    def unreachable(self, flow: Flow) -> None:
        """No connection could be made for ``flow``."""
        now = self._loop.time()
        self._guarded("a failed connection", self.stack.unreachable, flow, now=now)
        self.pump()

    def _guarded(
        self, what: str, work: Callable[..., None], *given: object, **named: object
    ) -> bool:
        """Do something; returns whether it did not fail."""
        try:
            work(*given, **named)
        except Exception:  # a supervisor: nothing from the network goes past here
            self.faults += 1
            logger.exception("%s failed", what)
            return False
        return True

    def pump(self) -> None:
        """Send what the core produced, hand up events, arm the timer; call it after every use."""
        if self._pumping:
            return  # an event's handler used the core: the loop below goes on until it is quiet
        self._pumping = True
        try:
            while output := self.stack.take_output():
                for item in output:
                    if isinstance(item, Send):
                        self._send(item)
                    else:
                        self._hand_up(item)
        finally:
            self._pumping = False
        self._arm()

    def _send(self, item: Send) -> None:
        flow = item.flow
        trace("-->", item.data, flow)
        transport = self._transports.get((flow.protocol, *flow.local))
        if transport is None:
            logger.warning("no transport for %s from %s:%s", flow.protocol, *flow.local)
            return
        transport.send(item.data, flow)

    def _hand_up(self, event: Event) -> None:
        if not self._guarded(type(event).__name__, self._on_event, event):
            self._guarded("its refusal", self._refuse, event)

    def _refuse(self, event: Event) -> None:
        """Its handler failed: nobody else would ever answer it, and it would be kept for good."""
        now = self._loop.time()
        match event:
            case InviteReceived(session) if session.state is SessionState.INCOMING:
                session.refuse(500, now=now)
            case OfferReceived(session) if session.waiting_offer is not None:
                session.refuse_offer(500, now=now)
            case RequestReceived(incoming) if incoming.status < 200:
                incoming.respond(500, now=now)
            case _:
                pass  # nobody waits for an answer

    def _arm(self) -> None:
        deadline = self.stack.next_deadline()
        if deadline is None or deadline >= self._timer_at:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer_at = deadline
        self._timer = self._loop.call_at(deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._timer_at = float("inf")
        now = self._loop.time() + MINIMUM_TIMER_GAP
        self._guarded("a SIP timer", self.stack.tick, now=now)
        self.pump()

    def close(self) -> None:
        """Stop the clock; the transports are closed by whoever opened them."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._timer_at = float("-inf")
        self.congestion.close()
