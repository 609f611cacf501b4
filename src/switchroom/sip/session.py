"""INVITE sessions: a dialog with an offer and an answer in it (RFC 3261 §13-15, RFC 6337)."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from enum import Enum, auto
from typing import TYPE_CHECKING

from switchroom.sip.dialog import Dialog
from switchroom.sip.errors import LocalSipError
from switchroom.sip.events import EndReason, SessionEnded
from switchroom.sip.flow import Flow
from switchroom.sip.glare import GlareRetry
from switchroom.sip.message import Header, Message, Request, Response
from switchroom.sip.multipart import sdp_of
from switchroom.sip.refreshing import refresh
from switchroom.sip.reliable import TAG as RELIABLE
from switchroom.sip.reliable import Reliable, ReliableResponses, check_reliable, is_reliable
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session_timer import Due, SessionTimer, TimerPolicy
from switchroom.sip.timers import T1, T2

if TYPE_CHECKING:
    from switchroom.sip.client import OutgoingInvite, OutgoingRequest, RequestUser
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
        sdp_before: What it was before the offer that waits; it counts again when that is refused.
        flow: Where its requests go.
    """

    __slots__ = (
        "_accept_waiting", "_accepted", "_cseq_of_accepted", "_gap", "_give_up_at",
        "_hang_up_headers", "_retransmit_at", "_retry", "account", "armed_at", "awaits_answer",
        "contact_user", "dialog", "early_answer", "flow", "incoming", "is_pinned", "local_sdp",
        "offer_headers", "offering", "outgoing", "peer_takes_update", "reliable", "remote_sdp",
        "request", "response", "sdp_before", "stack", "state", "timer", "waiting_offer",
        "wants_cancel",
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
        self.remote_sdp = sdp_of(incoming.request) if incoming else ""
        self.sdp_before = self.remote_sdp
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
        self.timer: SessionTimer | None = None
        self.reliable: ReliableResponses | None = None  #: ours, where the caller acknowledges them
        self._accept_waiting: tuple[str, tuple[Header, ...]] | None = None  # for a PRACK
        self._retry = GlareRetry()
        self.contact_user = ""  #: in our Contact
        self.awaits_answer = False  #: our 2xx made an offer; the ACK answers it
        self.early_answer = False  #: the peer answered our offer reliably before its 2xx
        self.offer_headers: tuple[Header, ...] = ()  #: of our last re-INVITE
        self.local_sdp = ""  #: our last offer or answer
        self.peer_takes_update = incoming is not None and takes_update(incoming.request)

    @property
    def call_id(self) -> str:
        """The dialog's Call-ID."""
        return self.dialog.call_id

    @property
    def contact(self) -> Header:
        """Where requests of the peer should go."""
        return self.stack.contact(self.flow, self.contact_user)

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

    def negotiate(self, timers: TimerPolicy, reliable: Reliable) -> None:
        """Take up the extensions of the INVITE, as far as the endpoint allows.

        Raises:
            LocalSipError: The INVITE is answered already, or it is ours.
            RefusedRequestError: They do not go together: 420, 421 or 422.
        """
        request = self._unanswered().request
        timer = SessionTimer(timers)
        timer.check(request)
        self.timer = timer
        check_reliable(reliable, request)
        if is_reliable(reliable, request):
            first = zlib.crc32(self.stack.token().encode()) >> 2  # below 2**31, never 0 but by luck
            self.reliable = ReliableResponses(request.cseq[0], first + 1)

    def provisional(
        self, status: int, *, now: float, sdp: str = "", headers: Iterable[Header] = ()
    ) -> None:
        """Send 180, 183, …; with ``sdp`` as early media.

        Raises:
            LocalSipError: The INVITE is answered already, or it is ours.
        """
        incoming = self._unanswered()
        more = (self.contact, *headers)
        if sdp:
            self.local_sdp = sdp
            more = (*more, SDP)
        body = sdp.encode()
        if self.reliable is None or status == 100:
            incoming.respond(status, now=now, headers=more, body=body)
            return

        def send(number: int) -> bytes:
            reliably = (*more, ("Require", RELIABLE), ("RSeq", str(number)))
            return incoming.respond(status, now=now, headers=reliably, body=body)

        self.reliable.send(send, has_sdp=bool(sdp), now=now)
        self.stack.arm(self)

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
        if self.reliable is not None and self.reliable.holds_back_answer:
            self._accept_waiting = (sdp, tuple(headers))
            return
        if self.reliable is not None:
            self.reliable.stop()
        self.state = SessionState.ACCEPTED
        self._send_accepted(incoming, sdp, now, headers)

    def provisional_acknowledged(self, request: Request, *, now: float) -> bool:
        """The stack got a PRACK; returns whether it is one that was waited for."""
        if self.reliable is None or not self.reliable.acknowledged(request, now=now):
            return False
        self.stack.arm(self)
        return True

    def go_on_accepting(self, *, now: float) -> None:
        """Send the 2xx that waited for a PRACK, once none is missing."""
        if self._accept_waiting is not None and self.state is SessionState.INCOMING:
            (sdp, headers), self._accept_waiting = self._accept_waiting, None
            self.accept(sdp, now=now, headers=headers)

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
        self.local_sdp = sdp
        timed = self.timer.accept(incoming.request, now=now) if self.timer is not None else ()
        own = (self.contact, self.stack.allow, *self.stack.supported)
        more = (*own, *timed, *headers, SDP)
        self._accepted = incoming.respond(200, now=now, headers=more, body=sdp.encode())
        agreed = self.reliable is not None and self.reliable.sdp_is_acknowledged
        self.awaits_answer = not agreed and not sdp_of(incoming.request)
        self._cseq_of_accepted = incoming.request.cseq[0]
        t1 = self.stack.config.t1
        self._gap = t1
        self._retransmit_at = now + t1  # also over TCP: the ACK may be lost further away
        self._give_up_at = now + 64 * t1
        self.stack.arm(self)

    def acknowledged(self, cseq: int, *, now: float) -> bool:
        """The stack got an ACK for our 2xx; returns whether it is the one waited for."""
        if not self._accepted or cseq != self._cseq_of_accepted:
            return False
        self._accepted = b""
        self.awaits_answer = False
        self._retransmit_at = self._give_up_at = None
        if self.state is SessionState.ACCEPTED:
            self.state = SessionState.CONFIRMED
        if self._hang_up_headers is not None:
            self._send_bye(self._hang_up_headers, now)
        return True

    # offers within the session

    def offer(self, sdp: str, *, now: float, headers: Iterable[Header] = ()) -> None:
        """Offer again by re-INVITE: :class:`OfferAnswered` or :class:`OfferRefused` follows.

        ``headers`` are sent again, too, where the offer meets one of theirs.

        Raises:
            LocalSipError: The session is not established, or another offer is open.
        """
        if self.state is not SessionState.CONFIRMED:
            raise LocalSipError(f"session {self.call_id} is not established")
        if self.offering is not None or self.waiting_offer is not None:
            raise LocalSipError(f"session {self.call_id} has an offer open")
        self.local_sdp = sdp
        self.offer_headers = tuple(headers)
        self.stack.offer_within(self, sdp, now=now)

    def retry_offer(self, *, now: float) -> bool:
        """Our offer met theirs (491): it is made again a little later; returns whether it is."""
        is_caller = self.stack.is_client(self)
        again = self._retry.again(self.stack.token(), is_caller=is_caller, now=now)
        self.stack.arm(self)
        return again

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
            self.local_sdp = sdp
            timed = self.timer.accept(incoming.request, now=now) if self.timer is not None else ()
            headers = (self.contact, *timed, SDP)
            incoming.respond(200, now=now, headers=headers, body=sdp.encode())
            self.stack.arm(self)

    def refuse_offer(self, status: int = 488, *, now: float) -> None:
        """Refuse a re-INVITE or UPDATE; the session goes on as before.

        Raises:
            LocalSipError: There is none to answer.
        """
        incoming, self.waiting_offer = self.waiting_offer, None
        if incoming is None:
            raise LocalSipError(f"session {self.call_id} has no offer to refuse")
        self.remote_sdp = self.sdp_before
        incoming.respond(status, now=now)

    def request_within(
        self,
        method: str,
        *,
        now: float,
        headers: Iterable[Header] = (),
        body: bytes = b"",
        user: RequestUser | None = None,
    ) -> OutgoingRequest:
        """Send INFO or another request inside the dialog.

        Its outcome is told to ``user``, or comes as an event where there is none.

        Raises:
            LocalSipError: The session is not established.
        """
        if self.state not in {SessionState.ACCEPTED, SessionState.CONFIRMED}:
            raise LocalSipError(f"session {self.call_id} is not established")
        return self.stack.request_in_dialog(
            self, method, now=now, headers=headers, body=body, user=user
        )

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
        self.offering = self.timer = self._accept_waiting = None
        if self.reliable is not None:
            self.reliable.stop()
        self.stack.forget(self)
        self.stack.emit(SessionEnded(self, reason, status, cause))

    def release(self) -> None:
        """Let go the messages that it was made by: whose call it was asks for nothing any more."""
        self.request = self.response = None
        self.remote_sdp = self.sdp_before = self.local_sdp = ""
        if self.incoming is not None:
            self.incoming.forget_request()

    # timers

    def next_deadline(self) -> float | None:
        """When to call :meth:`tick` next."""
        deadlines = [self._retransmit_at, self._retry.at]
        if self.timer is not None:
            deadlines.append(self.timer.next_deadline())
        if self.reliable is not None:
            deadlines.append(self.reliable.next_deadline())
        known = [each for each in deadlines if each is not None]
        return min(known) if known else None

    def tick(self, *, now: float) -> None:
        """Do what is due: repeat a response, refresh the session, offer again, or give up."""
        if self._give_up_at is not None and now >= self._give_up_at:
            self._lose(now)
            return
        if self._retransmit_at is not None and now >= self._retransmit_at:
            self._gap = min(2 * self._gap, T2)
            self._retransmit_at = now + self._gap
            self.stack.send(self._accepted, self.flow)
        if self.reliable is not None:
            self._repeat_provisional(self.reliable, now)
        if self.timer is not None and self.state is SessionState.CONFIRMED:
            due = self.timer.due(now=now)
            if due is Due.REFRESH:
                refresh(self, now=now)
            elif due is Due.END:
                self._lose(now)
        if self._retry.is_due(now=now) and self.state is SessionState.CONFIRMED:
            if self.offering is None and self.waiting_offer is None:
                self.stack.offer_within(self, self.local_sdp, now=now)
            else:
                self._retry.postpone(now=now)

    def _lose(self, now: float) -> None:
        """The peer is not there any more: say BYE all the same."""
        self._accepted = b""
        self.stack.request_in_dialog(self, "BYE", now=now)
        self.finish(EndReason.TIMED_OUT)

    def _repeat_provisional(self, reliable: ReliableResponses, now: float) -> None:
        data = reliable.tick(now=now)
        if data:
            self.stack.send(data, self.flow)
        elif data == b"" and self.incoming is not None and self.state is SessionState.INCOMING:
            self.incoming.respond(504, now=now)  # RFC 3262 §3
            self.finish(EndReason.TIMED_OUT)


def takes_update(message: Message) -> bool:
    """Whether its Allow has UPDATE."""
    return any(each.upper() == "UPDATE" for each in message.all("allow"))
