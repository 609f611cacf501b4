"""Requests of our own: their transactions, the answer to a challenge, CANCEL."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Protocol

from switchroom.sip.digest import Account
from switchroom.sip.flow import Flow
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.invite_client import InviteClient
from switchroom.sip.message import Header, Response, build_request
from switchroom.sip.multipart import Part, write_parts
from switchroom.sip.non_invite_client import NonInviteClient
from switchroom.sip.proofs import NO_PROOFS
from switchroom.sip.reliable import HeardReliable, Reliable
from switchroom.sip.session import SDP, Session, SessionState
from switchroom.sip.session_timer import TimerPolicy

if TYPE_CHECKING:
    from switchroom.sip.stack import SipStack

Headers = tuple[Header, ...]


@dataclass(slots=True)  # not frozen: each call makes some, and that takes thrice as long
class NewCall:
    """An INVITE to send."""

    target: str  #: the Request-URI
    sdp: str  #: our offer
    from_: NameAddr  #: who calls; its tag is made by the stack
    to: NameAddr | None = None  #: who is called; the target when None
    account: Account | None = None  #: for 401 and 407
    headers: Headers = ()
    routes: tuple[str, ...] = ()  #: Route values
    give_up_after: float | None = None  #: seconds without any response; None: as the stack does
    timers: TimerPolicy | None = None  #: None: no session timer
    reliable: Reliable = Reliable.NO
    contact_user: str = ""
    parts: tuple[Part, ...] = ()  #: bodies behind the offer

    def content(self, boundary: str) -> tuple[Header, bytes]:
        """Its body with its Content-Type; ``boundary`` stands between several, and in none."""
        if not self.parts:
            return SDP, self.sdp.encode()
        return write_parts((Part((SDP,), self.sdp), *self.parts), boundary)


@dataclass(slots=True)  # not frozen: each call makes some, and that takes thrice as long
class NewRequest:
    """A request outside of any dialog to send: REGISTER, OPTIONS, MESSAGE."""

    method: str
    uri: str
    from_: NameAddr  #: its tag is made by the stack
    to: NameAddr | None = None  #: the URI when None
    account: Account | None = None  #: for 401 and 407
    call_id: str = ""  #: empty: a new one
    cseq: int = 1
    headers: Headers = ()
    body: bytes = b""
    give_up_after: float | None = None  #: seconds without a final response; None: likewise


class RequestUser(Protocol):
    """Who sent a request outside of any dialog and is told of its outcome, instead of an event."""

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """A response that no account could answer."""
        ...

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """Nobody answered, or nobody could be reached."""
        ...


class OutgoingRequest:
    """One request of ours that is not an INVITE, with its client transaction.

    Attributes:
        what: Method, URI, body and account.
        headers: From To to the last, without Via and Max-Forwards.
        session: The session it belongs to, if to one.
        user: Who is told of its outcome; None: it becomes an event.
        proofs: What was answered to challenges.
    """

    __slots__ = (
        "armed_at", "flow", "headers", "key", "machine", "proofs", "session", "stack", "user",
        "what",
    )  # fmt: skip

    def __init__(
        self,
        stack: SipStack,
        what: NewRequest,
        headers: Headers,
        flow: Flow,
        session: Session | None = None,
        user: RequestUser | None = None,
    ) -> None:
        self.stack = stack
        self.what = what
        self.headers = headers
        self.flow = flow
        self.session = session
        self.user = user
        self.proofs = NO_PROOFS
        self.armed_at = float("inf")
        via, branch = stack.new_via(flow)
        self.key = (branch, what.method)
        all_headers = (via, stack.max_forwards, *headers)
        data = build_request(what.method, what.uri, all_headers, what.body)
        self.machine = NonInviteClient(data, reliable=flow.is_reliable)

    @property
    def method(self) -> str:
        """Its method."""
        return self.what.method

    @property
    def cseq(self) -> int:
        """Its CSeq number; a challenge made it one higher than what was asked for."""
        return cseq_of(self.headers)

    def forget(self) -> None:
        """It was answered, and nobody is told: only its transaction is kept, for a while.

        Under load thousands wait for that, and each held on to its session.
        """
        self.session = None
        self.headers = ()
        self.what = _answered(self.method)

    def next_deadline(self) -> float | None:
        """See :class:`~switchroom.sip.machine.Machine`."""
        return self.machine.next_deadline()

    def tick(self, *, now: float) -> None:
        """Fire what is due."""
        self.stack.perform(self, self.machine.tick(now=now), now=now)

    def authorized(self, response: Response) -> OutgoingRequest | None:
        """The request again, with an answer to the challenge; None where there is none to give."""
        what = self.what
        proofs = self.proofs.after(response, what.account)
        if proofs is None:
            return None
        proven = proofs.headers(what.method, what.uri, self.stack.token)
        headers = (*with_next_cseq(self.headers), *proven)
        if self.session is not None:
            self.session.dialog.local_cseq += 1
        again = OutgoingRequest(self.stack, what, headers, self.flow, self.session, self.user)
        again.proofs = proofs
        return again


@cache
def _answered(method: str) -> NewRequest:
    """What stands for all requests of a method that were answered."""
    return NewRequest(method, "", NameAddr(""))


class OutgoingInvite:
    """One INVITE of ours with its client transaction; a session may need two (a challenge).

    Attributes:
        proofs: What was answered to challenges.
        is_within: Whether it is a re-INVITE: sent inside the established dialog.
    """

    __slots__ = (
        "_cancelled",
        "_heard",
        "armed_at",
        "body",
        "flow",
        "give_up_after",
        "headers",
        "is_within",
        "key",
        "machine",
        "pending_cancel",
        "proofs",
        "reliably_heard",
        "session",
        "stack",
        "uri",
        "via",
    )  # fmt: skip

    def __init__(
        self,
        stack: SipStack,
        session: Session,
        uri: str,
        headers: Headers,
        *,
        body: bytes,
        give_up_after: float | None,
    ) -> None:
        self.stack = stack
        self.session = session
        self.proofs = NO_PROOFS
        self.give_up_after = give_up_after
        self.is_within = session.state is not SessionState.OUTGOING
        self.uri = uri
        self.headers = headers
        self.body = body
        self.flow = stack.flow_to(session) if self.is_within else session.flow
        self.armed_at = float("inf")
        self.via, branch = stack.new_via(self.flow)
        self.key = (branch, "INVITE")
        self._heard = False
        self.reliably_heard = HeardReliable()
        self._cancelled = False
        self.pending_cancel: Headers | None = None
        data = build_request("INVITE", uri, (self.via, stack.max_forwards, *headers), body)
        # No method of this object: what its machine holds on to must not hold on to the machine.
        ack = partial(_ack_of_refusal, uri, self.via, headers)
        self.machine = InviteClient(data, ack, reliable=self.flow.is_reliable)

    @property
    def cseq(self) -> int:
        """Its CSeq number."""
        return cseq_of(self.headers)

    def forget(self) -> None:
        """It was accepted: nothing of it is sent again, though its transaction stays for 32 s."""
        self.headers, self.body = (), b""

    def heard_provisional(self, *, now: float) -> None:
        """A 1xx came: from now on a CANCEL may be sent (RFC 3261 §9.1)."""
        self._heard = True
        if self.pending_cancel is not None:
            self.cancel(now=now, headers=self.pending_cancel)

    def cancel(self, *, now: float, headers: Headers = ()) -> None:
        """Send CANCEL, or keep it until the first provisional response."""
        if self._cancelled:
            return
        if not self._heard:
            self.pending_cancel = headers
            return
        self._cancelled = True
        self.machine.cancelled(now=now)
        self.stack.arm(self)
        kept = [h for h in self.headers if h[0] in {"From", "To", "Call-ID", "Route"}]
        self.stack.send_cancel(self, (*kept, ("CSeq", f"{self.cseq} CANCEL"), *headers), now=now)

    def next_deadline(self) -> float | None:
        """See :class:`~switchroom.sip.machine.Machine`."""
        return self.machine.next_deadline()

    def tick(self, *, now: float) -> None:
        """Fire what is due."""
        self.stack.perform(self, self.machine.tick(now=now), now=now)


def _ack_of_refusal(uri: str, via: Header, headers: Headers, to: str) -> bytes:
    """Same Via, Request-URI, From, Call-ID, Route; the To of the response (§17.1.1.3)."""
    kept = [h for h in headers if h[0] in {"From", "Call-ID", "Route"}]
    cseq = ("CSeq", f"{cseq_of(headers)} ACK")
    return build_request("ACK", uri, (via, ("Max-Forwards", "70"), *kept, ("To", to), cseq))


def cseq_of(headers: Iterable[Header]) -> int:
    """The CSeq number among the headers of a request."""
    return int(next(value for name, value in headers if name == "CSeq").split()[0])


def with_next_cseq(headers: Iterable[Header]) -> Headers:
    """The same headers with CSeq counted up, and no credentials of an earlier attempt."""
    again: list[Header] = []
    for name, value in headers:
        if name == "CSeq":
            number, method = value.split()
            again.append((name, f"{int(number) + 1} {method}"))
        elif name not in {"Authorization", "Proxy-Authorization"}:
            again.append((name, value))
    return tuple(again)
