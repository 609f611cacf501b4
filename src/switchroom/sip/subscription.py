"""The notifier's half of a subscription (RFC 6665): a dialog with NOTIFYs until it expires."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from switchroom.sip.dialog import Dialog
from switchroom.sip.events import SubscriptionEnded
from switchroom.sip.flow import Flow
from switchroom.sip.message import Header, Request, Response

if TYPE_CHECKING:
    from switchroom.sip.client import OutgoingRequest
    from switchroom.sip.server import IncomingRequest
    from switchroom.sip.stack import SipStack

DEFAULT_EXPIRES = 3600  #: seconds, where the subscriber asks for none
LONGEST = 3600  #: seconds
_GONE = frozenset({404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604})


class ServerSubscription:
    """One subscription of a peer; the stack's clock ends it.

    One NOTIFY is on its way at a time; what changes meanwhile is told when it is answered, once.

    Args:
        stack: Sends.
        dialog: Its identity and route.
        flow: Where its requests go.
        request: The SUBSCRIBE that made it.
        minimum: Seconds that are granted at least.
    """

    __slots__ = (
        "_body", "_content_type", "_is_busy", "_next", "armed_at", "dialog", "event", "expires_at",
        "extensions", "flow", "is_ended", "is_pinned", "minimum", "request", "stack",
    )  # fmt: skip

    def __init__(
        self, stack: SipStack, dialog: Dialog, flow: Flow, request: Request, *, minimum: int = 0
    ) -> None:
        self.stack = stack
        self.dialog = dialog
        self.flow = flow
        self.request = request
        self.minimum = minimum
        self.event = request.get("event")  #: with its id, as NOTIFYs have to repeat it
        self.expires_at = 0.0
        self.is_pinned = False  #: its requests follow the flow, whatever the Contact says (NAT)
        self.is_ended = False
        self.armed_at = float("inf")
        self._is_busy = False
        self._content_type = ""
        self._body: Callable[[], bytes] = bytes
        self._next = False
        self.extensions: tuple[Header, ...] = ()  #: Require, of its 2xx and its NOTIFYs

    @property
    def package(self) -> str:
        """The event's name without parameters."""
        return self.event.partition(";")[0].strip().lower()

    @property
    def account(self) -> None:
        """NOTIFYs are not challenged by those who asked for them."""
        return

    def accept(self, incoming: IncomingRequest, *, now: float) -> bool:
        """Answer a SUBSCRIBE, the first or a refresh; returns whether it goes on after it.

        A NOTIFY has to follow in either case (RFC 6665 §4.2.1.2).
        """
        wanted = expires_of(incoming.request)
        if 0 < wanted < self.minimum:
            incoming.respond(423, now=now, headers=[("Min-Expires", str(self.minimum))])
            return not self.is_ended
        granted = min(wanted, LONGEST)
        headers = (self.stack.contact(self.flow), ("Expires", str(granted)), *self.extensions)
        incoming.respond(200, now=now, headers=headers)
        self.dialog.refresh_target(incoming.request)
        self.expires_at = now + granted
        self.stack.arm(self)
        return granted > 0

    def notify(self, content_type: str, body: Callable[[], bytes], *, now: float) -> None:
        """Tell the state; ``body`` writes it as it is when it goes."""
        self._content_type, self._body = content_type, body
        if self.is_ended:
            return
        if self._is_busy:
            self._next = True
            return
        self._send(f"active;expires={max(0, round(self.expires_at - now))}", now)

    def end(self, reason: str, *, now: float) -> None:
        """Tell the state a last time, and that it was that."""
        if not self.is_ended:
            self._send(f"terminated;reason={reason}", now)
            self._forget()

    def next_deadline(self) -> float | None:
        """When it expires."""
        return None if self.is_ended or not self.expires_at else self.expires_at

    def tick(self, *, now: float) -> None:
        """End it once it has expired."""
        if not self.is_ended and now >= self.expires_at:
            self.end("timeout", now=now)

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        if response.status < 200:
            return
        self._is_busy = False
        if response.status in _GONE:
            self._forget()
        elif self._next and not self.is_ended:
            self._next = False
            self.notify(self._content_type, self._body, now=now)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        self._forget()

    def _send(self, state: str, now: float) -> None:
        self._is_busy = True
        headers: list[Header] = [
            self.stack.contact(self.flow),
            ("Event", self.event),
            ("Subscription-State", state),
            *self.extensions,
        ]
        body = self._body()
        if body:
            headers.append(("Content-Type", self._content_type))
        self.stack.request_in_subscription(self, headers, body, now=now)

    def _forget(self) -> None:
        if not self.is_ended:
            self.is_ended = True
            self.stack.forget_subscription(self)
            self.stack.emit(SubscriptionEnded(self))


def expires_of(request: Request) -> int:
    """The seconds that a SUBSCRIBE asks for."""
    text = request.get("expires").strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        return DEFAULT_EXPIRES
    return int(text)
