"""INVITE sessions: a dialog with an offer and an answer in it (RFC 3261 §13-15, RFC 6337)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from typing import TYPE_CHECKING

from switchroom.sip.dialog import Dialog
from switchroom.sip.errors import LocalSipError
from switchroom.sip.events import EndReason, SessionEnded
from switchroom.sip.flow import Flow
from switchroom.sip.message import Header, Request, Response
from switchroom.sip.server import IncomingRequest
from switchroom.sip.timers import GIVE_UP, T1, T2

if TYPE_CHECKING:
    from switchroom.sip.client import OutgoingInvite
    from switchroom.sip.digest import Account
    from switchroom.sip.stack import SipStack

SDP: Header = ("Content-Type", "application/sdp")


class SessionState(Enum):
    """Where a session stands."""

    INCOMING = auto()  #: the INVITE waits for our final response
    OUTGOING = auto()  #: our INVITE waits for theirs
    ACCEPTED = auto()  #: 2xx sent, ACK not yet there
    CONFIRMED = auto()
    ENDED = auto()


class Session:
    """One INVITE session, ours or theirs.

    Attributes:
        dialog: Its identity and route.
        request: The INVITE that was received, None for our own.
        remote_sdp: The last offer or answer of the peer; empty when there was none.
        flow: Where its requests go.
    """

    __slots__ = (
        "_accepted", "_cseq_of_accepted", "_gap", "_give_up_at", "_hang_up_headers",
        "_retransmit_at", "account", "armed_at", "dialog", "flow", "incoming", "is_pinned",
        "offering", "outgoing", "remote_sdp", "request", "response", "stack", "state",
        "waiting_offer", "wants_cancel",
    )  # fmt: skip

    def __init__(
        self,
        stack: SipStack,
        dialog: Dialog,
        flow: Flow,
        *,
        incoming: IncomingRequest | None = None,
        account: Account | None = None,
    ) -> None:
        self.stack = stack
        self.dialog = dialog
        self.flow = flow
        self.incoming = incoming
        self.outgoing: OutgoingInvite | None = None
        self.account = account
        self.request: Request | None = incoming.request if incoming else None
        self.response: Response | None = None  #: the last one above 100 that our INVITE got
        self.remote_sdp = body_text(incoming.request) if incoming else ""
        self.state = SessionState.INCOMING if incoming else SessionState.OUTGOING
        self.waiting_offer: IncomingRequest | None = None  #: a re-INVITE or UPDATE to answer
        self.offering: OutgoingInvite | None = None  #: our re-INVITE that waits for an answer
        self.wants_cancel = False
        self.is_pinned = False  #: its requests follow the flow, whatever the Contact says (NAT)
        self.armed_at = float("inf")
        self._accepted = b""  # the 2xx that waits for its ACK
        self._cseq_of_accepted = 0
        self._gap = T1
        self._retransmit_at: float | None = None
        self._give_up_at: float | None = None
        self._hang_up_headers: tuple[Header, ...] | None = None  # a BYE that waits for the ACK

    @property
    def call_id(self) -> str:
        """The dialog's Call-ID."""
        return self.dialog.call_id

    @property
    def is_ended(self) -> bool:
        """Whether nothing more can be done with it."""
        return self.state is SessionState.ENDED

    # as the called party

    def trying(self, *, now: float) -> None:
        """Have 100 sent if nothing else is said within 200 ms: the INVITE is not sent again then.

        Raises:
            LocalSipError: The INVITE is answered already, or it is ours.
        """
        self._unanswered().try_for(now=now)

    def provisional(
        self, status: int, *, now: float, sdp: str = "", headers: Iterable[Header] = ()
    ) -> None:
        """Send 180, 183, …; with ``sdp`` as early media.

        Raises:
            LocalSipError: The INVITE is answered already, or it is ours.
        """
        incoming = self._unanswered()
        more = (self.stack.contact(self.flow), *headers)
        if sdp:
            incoming.respond(status, now=now, headers=(*more, SDP), body=sdp.encode())
        else:
            incoming.respond(status, now=now, headers=more)

    def accept(self, sdp: str, *, now: float, headers: Iterable[Header] = ()) -> None:
        """Answer with 200; it is repeated until the ACK comes (RFC 3261 §13.3.1.4).

        Args:
            sdp: Our answer, or our offer where the INVITE had none.
            now: Seconds.
            headers: Further headers.

        Raises:
            LocalSipError: The INVITE is answered already, or it is ours.
        """
        incoming = self._unanswered()
        self.state = SessionState.ACCEPTED
        self._send_accepted(incoming, sdp, now, headers)

    def refuse(
        self, status: int, *, now: float, reason: str = "", headers: Iterable[Header] = ()
    ) -> None:
        """Refuse the INVITE; ends the session.

        Raises:
            LocalSipError: The INVITE is answered already, or it is ours.
        """
        incoming = self._unanswered()
        incoming.respond(status, now=now, reason=reason, headers=headers)
        self.finish(EndReason.LOCAL, status=status)

    def _unanswered(self) -> IncomingRequest:
        if self.incoming is None or self.state is not SessionState.INCOMING:
            raise LocalSipError(f"session {self.call_id} has no INVITE to answer")
        return self.incoming

    def _send_accepted(
        self, incoming: IncomingRequest, sdp: str, now: float, headers: Iterable[Header] = ()
    ) -> None:
        more = (self.stack.contact(self.flow), self.stack.allow, *headers, SDP)
        self._accepted = incoming.respond(200, now=now, headers=more, body=sdp.encode())
        self._cseq_of_accepted = incoming.request.cseq[0]
        self._gap = T1
        self._retransmit_at = now + T1  # also over TCP: the ACK may be lost further away
        self._give_up_at = now + GIVE_UP
        self.stack.arm(self)

    def acknowledged(self, cseq: int, *, now: float) -> bool:
        """The stack got an ACK for our 2xx; returns whether it is the one waited for."""
        if not self._accepted or cseq != self._cseq_of_accepted:
            return False
        self._accepted = b""
        self._retransmit_at = self._give_up_at = None
        if self.state is SessionState.ACCEPTED:
            self.state = SessionState.CONFIRMED
        if self._hang_up_headers is not None:
            self._send_bye(self._hang_up_headers, now)
        return True

    # offers within the session

    def offer(self, sdp: str, *, now: float) -> None:
        """Offer again by re-INVITE: :class:`OfferAnswered` or :class:`OfferRefused` follows.

        Raises:
            LocalSipError: The session is not established, or another offer is open.
        """
        if self.state is not SessionState.CONFIRMED:
            raise LocalSipError(f"session {self.call_id} is not established")
        if self.offering is not None or self.waiting_offer is not None:
            raise LocalSipError(f"session {self.call_id} has an offer open")
        self.stack.offer_within(self, sdp, now=now)

    def answer_offer(self, sdp: str, *, now: float) -> None:
        """Answer a re-INVITE or UPDATE with 200.

        Raises:
            LocalSipError: There is none to answer.
        """
        incoming, self.waiting_offer = self.waiting_offer, None
        if incoming is None:
            raise LocalSipError(f"session {self.call_id} has no offer to answer")
        if incoming.request.method == "INVITE":
            self._send_accepted(incoming, sdp, now)
        else:
            headers = (self.stack.contact(self.flow), SDP)
            incoming.respond(200, now=now, headers=headers, body=sdp.encode())

    def refuse_offer(self, status: int = 488, *, now: float) -> None:
        """Refuse a re-INVITE or UPDATE; the session goes on as before.

        Raises:
            LocalSipError: There is none to answer.
        """
        incoming, self.waiting_offer = self.waiting_offer, None
        if incoming is None:
            raise LocalSipError(f"session {self.call_id} has no offer to refuse")
        incoming.respond(status, now=now)

    def request_within(
        self, method: str, *, now: float, headers: Iterable[Header] = (), body: bytes = b""
    ) -> None:
        """Send INFO or another request inside the dialog; its outcome comes as an event.

        Raises:
            LocalSipError: The session is not established.
        """
        if self.state not in {SessionState.ACCEPTED, SessionState.CONFIRMED}:
            raise LocalSipError(f"session {self.call_id} is not established")
        self.stack.request_in_dialog(self, method, now=now, headers=headers, body=body)

    # the end

    def end(self, *, now: float, status: int = 603, headers: Iterable[Header] = ()) -> None:
        """End it in the way that fits its state: refuse, cancel or BYE. Harmless when ended.

        Args:
            now: Seconds.
            status: What an unanswered INVITE is refused with.
            headers: Of the BYE, CANCEL or refusal, a Reason for example.
        """
        more = tuple(headers)
        match self.state:
            case SessionState.INCOMING:
                self.refuse(status, now=now, headers=more)
            case SessionState.OUTGOING:
                self.wants_cancel = True
                if self.outgoing is not None:
                    self.outgoing.cancel(now=now, headers=more)
            case SessionState.ACCEPTED if self._accepted and not self.stack.is_client(self):
                # The callee must not say BYE before the ACK (RFC 3261 §15).
                self._hang_up_headers = more
            case SessionState.ACCEPTED | SessionState.CONFIRMED:
                self._send_bye(more, now)
            case SessionState.ENDED:
                pass

    def _send_bye(self, headers: tuple[Header, ...], now: float) -> None:
        self._hang_up_headers = None
        self.stack.request_in_dialog(self, "BYE", now=now, headers=headers)
        self.finish(EndReason.LOCAL)

    def finish(self, reason: EndReason, *, status: int = 0, cause: int = 0) -> None:
        """Forget the session and tell that it ended; the stack calls this too."""
        if self.state is SessionState.ENDED:
            return
        self.state = SessionState.ENDED
        self._accepted = b""
        self._retransmit_at = self._give_up_at = None
        self.offering = None
        self.stack.forget(self)
        self.stack.emit(SessionEnded(self, reason, status, cause))

    # timers of the 2xx

    def next_deadline(self) -> float | None:
        """When to call :meth:`tick` next."""
        return self._retransmit_at

    def tick(self, *, now: float) -> None:
        """Send the 2xx again, or give up and say BYE."""
        if self._give_up_at is not None and now >= self._give_up_at:
            self._accepted = b""
            self.stack.request_in_dialog(self, "BYE", now=now)
            self.finish(EndReason.TIMED_OUT)
        elif self._retransmit_at is not None and now >= self._retransmit_at:
            self._gap = min(2 * self._gap, T2)
            self._retransmit_at = now + self._gap
            self.stack.send(self._accepted, self.flow)


def body_text(request: Request) -> str:
    """The body as text, whatever its octets are."""
    return request.body.decode("utf-8", "replace")
