"""What the SIP core puts out: octets for the wire, and events for the layer above."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from switchroom.sip.flow import Flow

if TYPE_CHECKING:
    from switchroom.sip.client import OutgoingRequest
    from switchroom.sip.message import Request, Response
    from switchroom.sip.registration import ClientRegistration
    from switchroom.sip.server import IncomingRequest
    from switchroom.sip.session import Session
    from switchroom.sip.subscription import ServerSubscription


class Send(NamedTuple):
    """Put these octets on the wire."""

    data: bytes
    flow: Flow


class EndReason(Enum):
    """Why a session ended."""

    REMOTE_BYE = auto()
    CANCELLED = auto()  #: the caller gave up before an answer
    REFUSED = auto()  #: our INVITE got a final response other than 2xx
    TIMED_OUT = auto()  #: no response, or no ACK, within 64*T1
    LOCAL = auto()  #: we ended it


@dataclass(frozen=True, slots=True)
class InviteReceived:
    """Somebody calls; 100 is sent already. Authenticate, then ring, accept or refuse it."""

    session: Session


@dataclass(frozen=True, slots=True)
class SessionAcknowledged:
    """The ACK of our 2xx came.

    Args:
        session: Which one.
        sdp: The answer, where the INVITE had no offer; empty otherwise.
    """

    session: Session
    sdp: str = ""


@dataclass(frozen=True, slots=True)
class SessionProgress:
    """Our INVITE got a provisional response above 100."""

    session: Session
    status: int
    sdp: str = ""


@dataclass(frozen=True, slots=True)
class SessionAnswered:
    """Our INVITE was accepted; the ACK is on its way."""

    session: Session
    sdp: str


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session is over; told once, also for those that never got an answer."""

    session: Session
    reason: EndReason
    status: int = 0  #: of the refusal
    cause: int = 0  #: Q.850, from a Reason header (RFC 3326); 0 where there is none


@dataclass(frozen=True, slots=True)
class OfferReceived:
    """A re-INVITE or UPDATE; answer with :meth:`Session.answer_offer` or refuse it.

    Args:
        session: Which one.
        sdp: The offer; empty when the peer asks for one (re-INVITE without a body).
    """

    session: Session
    sdp: str


@dataclass(frozen=True, slots=True)
class SessionUpdated:
    """An UPDATE without an offer, answered already: a refresh, or who is connected now."""

    session: Session
    request: Request


@dataclass(frozen=True, slots=True)
class OfferAnswered:
    """Our re-INVITE was accepted; the ACK is on its way."""

    session: Session
    sdp: str


@dataclass(frozen=True, slots=True)
class OfferRefused:
    """Our re-INVITE was refused; the session goes on as before."""

    session: Session
    status: int


@dataclass(frozen=True, slots=True)
class RequestReceived:
    """A request that opens no session; ``session`` is set when it belongs to one (INFO, …)."""

    incoming: IncomingRequest
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class ResponseReceived:
    """A response to a request of ours that opens no session."""

    outgoing: OutgoingRequest
    response: Response


@dataclass(frozen=True, slots=True)
class RequestTimedOut:
    """Nobody answered a request of ours that opens no session."""

    outgoing: OutgoingRequest


@dataclass(frozen=True, slots=True)
class Registered:
    """A registration of ours was made or refreshed; it is refreshed again by itself.

    Args:
        registration: Which one.
        expires: Seconds that the registrar granted.
    """

    registration: ClientRegistration
    expires: int


@dataclass(frozen=True, slots=True)
class RegistrationFailed:
    """A registration of ours was refused.

    Args:
        registration: Which one.
        status: What it got; 0: nobody answered.
        retry_after: Seconds until it is tried again; None: it is over.
    """

    registration: ClientRegistration
    status: int
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unregistered:
    """A registration of ours was stopped."""

    registration: ClientRegistration


@dataclass(frozen=True, slots=True)
class SubscriptionRefreshed:
    """A SUBSCRIBE within a subscription; answer it with :meth:`ServerSubscription.accept`."""

    subscription: ServerSubscription
    incoming: IncomingRequest


@dataclass(frozen=True, slots=True)
class SubscriptionEnded:
    """A subscription is over: it expired, was ended, or its peer is not there any more."""

    subscription: ServerSubscription


Event = (
    InviteReceived
    | SessionAcknowledged
    | SessionProgress
    | SessionAnswered
    | SessionEnded
    | OfferReceived
    | SessionUpdated
    | OfferAnswered
    | OfferRefused
    | RequestReceived
    | ResponseReceived
    | RequestTimedOut
    | Registered
    | RegistrationFailed
    | Unregistered
    | SubscriptionRefreshed
    | SubscriptionEnded
)
