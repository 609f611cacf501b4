"""The SIP core: one object fed with octets and time, that puts out octets and events.

It owns no socket, task, clock or randomness. Authentication and every other policy belong to the
layer above: an event is given before anything is decided, and the answer is a method call.
"""

from __future__ import annotations

import heapq
import itertools
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol

from switchroom.sip.client import (
    Headers,
    NewCall,
    NewRequest,
    OutgoingInvite,
    OutgoingRequest,
    RequestUser,
)
from switchroom.sip.compacting import compact
from switchroom.sip.dialog import Dialog, dialog_of_invite, establish
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.events import Event, InviteReceived, Send
from switchroom.sip.flow import Address, Flow, host_for_uri
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.headers.via import MAGIC_COOKIE
from switchroom.sip.inbound import Inbound
from switchroom.sip.machine import Output, PassUp, Transmit
from switchroom.sip.message import Header, Message, Request, Response, build_request, build_response
from switchroom.sip.parser import MalformedMessageError, parse_datagram
from switchroom.sip.reliable import TAG as RELIABLE
from switchroom.sip.reliable import Reliable
from switchroom.sip.responses import Responses
from switchroom.sip.server import IncomingRequest, MergeKey, TransactionKey
from switchroom.sip.session import SDP, Session
from switchroom.sip.session_timer import TAG as TIMER
from switchroom.sip.session_timer import SessionTimer, Use
from switchroom.sip.stack_config import StackConfig
from switchroom.sip.subscription import ServerSubscription
from switchroom.sip.targets import numeric_address
from switchroom.sip.uri import SipUri

logger = logging.getLogger(__name__)


class Timed(Protocol):
    """What the stack's clock calls."""

    armed_at: float

    def next_deadline(self) -> float | None:
        """When it wants to be called."""
        ...

    def tick(self, *, now: float) -> None:
        """Do what is due."""


class SipStack:
    """Transactions, dialogs and sessions over any number of flows.

    Args:
        config: Names and bounds.
        token: Gives a new random token (letters and digits, at least 64 bits) at each call: for
            tags, branches, Call-IDs.
    """

    def __init__(self, config: StackConfig, token: Callable[[], str]) -> None:
        self.config = config
        self.token = token
        self.sessions: dict[tuple[str, str], Session] = {}  #: by Call-ID and local tag
        self.subscriptions: dict[tuple[str, str], ServerSubscription] = {}  #: likewise
        self.servers: dict[TransactionKey, IncomingRequest] = {}
        self.clients: dict[tuple[str, str], OutgoingRequest | OutgoingInvite] = {}
        self.merging: dict[MergeKey, TransactionKey] = {}
        self.allow: Header = ("Allow", ", ".join(sorted(config.methods)))
        #: Where a flow's peer sees us; differs from where we are behind a NAT.
        self.advertised: Callable[[Flow], Address] = lambda flow: flow.local
        self.required = config.extensions | config.understood
        self.max_forwards: Header = ("Max-Forwards", str(config.max_forwards))
        self.supported = _supported(config.extensions)
        self.common_headers: Headers = (("Server", config.user_agent),)
        self.refuses_calls = False  #: there is more to do than can be done: an INVITE gets 503
        self.dropped = 0  #: messages that nobody could answer
        self._output: list[Send | Event] = []
        self._timers: list[tuple[float, int, Timed]] = []
        self._order = itertools.count()
        self._inbound = Inbound(self)
        self._responses = Responses(self)

    # the driver's side

    def receive(self, data: bytes, flow: Flow, *, now: float) -> None:
        """Take one datagram. Whatever its octets are, nothing is raised."""
        if len(data) <= 4 and not data.strip(b"\r\n\0"):
            return  # a keep-alive (RFC 5626 §4.4.1, and phones that send zeros)
        try:
            message: Message | MalformedMessageError = parse_datagram(data)
        except MalformedMessageError as error:
            message = error
        self.receive_message(message, flow, now=now)

    def receive_message(
        self, message: Message | MalformedMessageError, flow: Flow, *, now: float
    ) -> None:
        """Take one message that a stream was cut into, or why it could not be read."""
        try:
            if isinstance(message, MalformedMessageError):
                self._answer_malformed(message, flow)
            elif isinstance(message, Request):
                self._inbound.receive(message, flow, now=now)
            elif isinstance(message, Response):
                self._responses.receive(message, now=now)
        except RemoteSipError as error:
            self.dropped += 1
            logger.debug("dropped a message of %s: %s", flow.remote, error)

    def unreachable(self, flow: Flow, *, now: float) -> None:
        """No connection could be made for ``flow``: what waits for an answer over it fails."""
        path = (flow.protocol, flow.remote)
        for outgoing in list(self.clients.values()):
            if (outgoing.flow.protocol, outgoing.flow.remote) == path:
                self.perform(outgoing, outgoing.machine.transport_failed(now=now), now=now)

    def tick(self, *, now: float) -> None:
        """Fire the timers due at ``now``."""
        while self._timers and self._timers[0][0] <= now:
            at, _, owner = heapq.heappop(self._timers)
            if owner.armed_at != at:
                continue
            owner.armed_at = float("inf")
            deadline = owner.next_deadline()
            # Most have got what they waited for long since, and now wait for something later.
            if deadline is not None and deadline <= now:
                owner.tick(now=now)
            self.arm(owner)

    def next_deadline(self) -> float | None:
        """When to call :meth:`tick` next; sometimes too early, never too late."""
        return self._timers[0][0] if self._timers else None

    @property
    def timer_count(self) -> int:
        """How many deadlines are kept, those that are no longer wanted included."""
        return len(self._timers)

    def take_output(self) -> list[Send | Event]:
        """Everything produced since the last call, in order."""
        output, self._output = self._output, []
        return output

    @property
    def has_unanswered(self) -> bool:
        """Whether a request of ours waits for its final response: close the transports later."""
        return any(outgoing.machine.is_unanswered for outgoing in self.clients.values())

    # the user's side

    def invite(self, what: NewCall, flow: Flow, *, now: float) -> Session:
        """Call somebody; a challenge is answered by itself when there is an account."""
        tag = self.token()
        dialog = Dialog(
            call_id=self.token(),
            local_tag=tag,
            remote_tag="",
            local=NameAddr(what.from_.uri, what.from_.name, {"tag": tag}),
            remote=what.to or NameAddr(what.target),
            remote_target=what.target,
            routes=list(what.routes),
        )
        session = Session(self, dialog, flow, account=what.account)
        self.sessions[dialog.call_id, tag] = session
        session.local_sdp = what.sdp
        session.contact_user = what.contact_user
        own = (session.contact, self.allow, *self.user_agent, *self._extensions(session, what))
        kind, body = what.content(f"part-{tag}")
        headers = (*dialog.headers("INVITE"), *own, *what.headers, kind)
        self.start_invite(
            OutgoingInvite(
                self,
                session,
                what.target,
                headers,
                body=body,
                give_up_after=what.give_up_after,
            ),
            now=now,
        )
        return session

    def _extensions(self, session: Session, what: NewCall) -> Headers:
        """Supported and Require of an INVITE, and its session timer."""
        unwanted = set()
        headers: list[Header] = []
        if what.timers is None or what.timers.use is Use.NO:
            unwanted.add(TIMER)
        else:
            session.timer = SessionTimer(what.timers)
            headers += session.timer.request_headers()
        if what.reliable is Reliable.NO:
            unwanted.add(RELIABLE)
        elif what.reliable is Reliable.REQUIRED:
            headers.append(("Require", RELIABLE))
        if not unwanted & self.config.extensions:
            return (*self.supported, *headers)
        return (*_supported(self.config.extensions - unwanted), *headers)

    def offer_within(self, session: Session, sdp: str, *, now: float) -> None:
        """Send a re-INVITE of ``session`` (RFC 3261 §14.1)."""
        own = (session.contact, self.allow, *self.user_agent, *self.supported)
        timed = session.timer.request_headers() if session.timer is not None else ()
        more = session.offer_headers
        headers = (*session.dialog.headers("INVITE"), *own, *timed, *more, SDP)
        uri = session.dialog.remote_target
        self.start_invite(
            OutgoingInvite(self, session, uri, headers, body=sdp.encode(), give_up_after=None),
            now=now,
        )

    def start_invite(self, outgoing: OutgoingInvite, *, now: float) -> None:
        """Begin the transaction of an INVITE; the first, or the one that answers a challenge."""
        if outgoing.is_within:
            outgoing.session.offering = outgoing
        else:
            outgoing.session.outgoing = outgoing
        self.clients[outgoing.key] = outgoing
        config, patience = self.config, outgoing.give_up_after
        patience = config.timer_b if patience is None else patience
        started = outgoing.machine.start(now=now, give_up_after=patience, t1=config.t1)
        self.perform(outgoing, started, now=now)

    def request(
        self, what: NewRequest, flow: Flow, *, now: float, user: RequestUser | None = None
    ) -> OutgoingRequest:
        """Send a request outside of any dialog; a challenge is answered when there is an account.

        Args:
            what: The request.
            flow: Where it goes.
            now: Seconds.
            user: Who is told of the outcome; None: it comes as :class:`ResponseReceived` or
                :class:`RequestTimedOut`.
        """
        local = NameAddr(what.from_.uri, what.from_.name, {"tag": self.token()})
        headers = (
            ("From", str(local)),
            ("To", str(what.to or NameAddr(what.uri))),
            ("Call-ID", what.call_id or self.token()),
            ("CSeq", f"{what.cseq} {what.method}"),
            *(() if any(name == "User-Agent" for name, _ in what.headers) else self.user_agent),
            *what.headers,
        )
        outgoing = OutgoingRequest(self, what, headers, flow, user=user)
        self.start_request(outgoing, now=now)
        return outgoing

    def start_request(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """Begin the transaction of a request of ours."""
        self.clients[outgoing.key] = outgoing
        t1, patience = self.config.t1, outgoing.what.give_up_after
        patience = 64 * t1 if patience is None else patience
        started = outgoing.machine.start(now=now, give_up_after=patience, t1=t1)
        self.perform(outgoing, started, now=now)

    # what sessions and transactions use

    @property
    def user_agent(self) -> Headers:
        """Of our requests."""
        return (("User-Agent", self.config.user_agent),)

    def contact(self, flow: Flow, user: str = "") -> Header:
        """Where requests of the peer should go; ``user`` is for peers that route by it."""
        host, port = self.advertised(flow)
        # RFC 7118 §5.2: there is one word for both kinds of WebSocket.
        word = "ws" if flow.protocol == "wss" else flow.protocol
        transport = "" if word == "udp" else f";transport={word}"
        if user:
            return ("Contact", f"<{SipUri('sip', user, host_for_uri(host), port)}{transport}>")
        return ("Contact", f"<sip:{host_for_uri(host)}:{port}{transport}>")

    def new_via(self, flow: Flow) -> tuple[Header, str]:
        """A Via with a new branch, and the branch."""
        host, port = self.advertised(flow)
        branch = f"{MAGIC_COOKIE}{self.token()}"
        where = f"{host_for_uri(host)}:{port}"
        return ("Via", f"SIP/2.0/{flow.protocol.upper()} {where};branch={branch};rport"), branch

    def request_in_dialog(
        self,
        session: Session,
        method: str,
        *,
        now: float,
        headers: Iterable[Header] = (),
        body: bytes = b"",
        user: RequestUser | None = None,
    ) -> OutgoingRequest:
        """Send a request inside a dialog."""
        dialog = session.dialog
        all_headers = (*dialog.headers(method), *self.user_agent, *headers)
        flow = self.flow_to(session)
        what = NewRequest(
            method, dialog.remote_target, dialog.local, account=session.account, body=body
        )
        outgoing = OutgoingRequest(self, what, all_headers, flow, session, user)
        self.start_request(outgoing, now=now)
        return outgoing

    def acknowledge_provisional(self, session: Session, response: Response, *, now: float) -> None:
        """Send the PRACK of a reliable provisional response (RFC 3262 §4).

        Raises:
            RemoteSipError: Its Contact or Record-Route cannot be read.
        """
        session.dialog.local_cseq += 1
        early = replace(session.dialog)
        establish(early, response)
        what = NewRequest("PRACK", early.remote_target, early.local, account=session.account)
        acknowledged = f"{response.get('rseq').strip()} {response.cseq[0]} INVITE"
        headers = (
            *early.headers("PRACK", cseq=early.local_cseq),
            *self.user_agent,
            ("RAck", acknowledged),
        )
        flow = self.flow_to(session, early)
        self.start_request(OutgoingRequest(self, what, headers, flow, session), now=now)

    def acknowledge(self, session: Session, cseq: int) -> None:
        """Send the ACK of a 2xx (RFC 3261 §13.2.2.4)."""
        flow = self.flow_to(session)
        via, _ = self.new_via(flow)
        headers = (via, self.max_forwards, *session.dialog.headers("ACK", cseq=cseq))
        self.send(build_request("ACK", session.dialog.remote_target, headers), flow)

    def send_cancel(self, invite: OutgoingInvite, headers: Headers, *, now: float) -> None:
        """Send the CANCEL of an INVITE: same branch, own transaction (RFC 3261 §9.1)."""
        session = invite.session
        what = NewRequest("CANCEL", invite.uri, session.dialog.local)
        cancel = OutgoingRequest(self, what, headers, invite.flow, session)
        data = build_request("CANCEL", invite.uri, (invite.via, self.max_forwards, *headers))
        cancel.machine = type(cancel.machine)(data, reliable=invite.flow.is_reliable)
        cancel.key = (invite.key[0], "CANCEL")
        self.start_request(cancel, now=now)

    def flow_to(self, session: Session | ServerSubscription, dialog: Dialog | None = None) -> Flow:
        """Where the next request of a dialog goes: first route or remote target, if numeric.

        A connection is used as long as the dialog came over it; a host name in the way was
        resolved when the flow was made, so the flow stays.
        """
        flow = session.flow
        if flow.is_reliable or session.is_pinned:
            return flow
        dialog = dialog or session.dialog
        target = dialog.routes[0] if dialog.routes else dialog.remote_target
        address = numeric_address(target)
        if address is None or address == flow.remote:
            return flow
        return flow._replace(remote=address)

    def is_client(self, session: Session) -> bool:
        """Whether we sent the INVITE."""
        return session.incoming is None

    def forget(self, session: Session) -> None:
        """Drop an ended session from the table."""
        self.sessions.pop((session.dialog.call_id, session.dialog.local_tag), None)

    def send(self, data: bytes, flow: Flow) -> None:
        """Put octets out."""
        self._output.append(Send(compact(data) if self.config.compacts else data, flow))

    def emit(self, event: Event) -> None:
        """Put an event out."""
        self._output.append(event)

    def arm(self, owner: Timed) -> None:
        """Make sure that ``owner`` is called at its next deadline."""
        deadline = owner.next_deadline()
        if deadline is not None and deadline < owner.armed_at:
            owner.armed_at = deadline
            heapq.heappush(self._timers, (deadline, next(self._order), owner))

    def perform(
        self,
        owner: IncomingRequest | OutgoingRequest | OutgoingInvite,
        outputs: list[Output],
        *,
        now: float,
        response: Response | None = None,
    ) -> None:
        """Do what a transaction's machine asks for."""
        for output in outputs:
            if isinstance(output, Transmit):
                self.send(output.data, owner.flow)
            elif isinstance(output, PassUp):
                self._responses.pass_up(owner, response, now=now)
            else:
                self._responses.gave_up(owner, output.status, now=now)
        if owner.machine.is_terminated:
            self.drop(owner)
        else:
            self.arm(owner)

    def drop(self, owner: IncomingRequest | OutgoingRequest | OutgoingInvite) -> None:
        """Forget a transaction."""
        owner.armed_at = float("inf")
        if isinstance(owner, IncomingRequest):
            self.servers.pop(owner.key, None)
            if owner.merge_key is not None:
                self.merging.pop(owner.merge_key, None)
        else:
            self.clients.pop(owner.key, None)
            if isinstance(owner, OutgoingInvite) and owner.session.outgoing is owner:
                owner.session.outgoing = None  # they held each other

    def open_session(self, incoming: IncomingRequest, *, now: float) -> None:
        """An INVITE outside of a dialog: what it gets is the user's to say, within 200 ms.

        Raises:
            RemoteSipError: A header that the dialog needs cannot be read.
        """
        incoming.to_tag = self.token()
        dialog = dialog_of_invite(incoming.request, local_tag=incoming.to_tag)
        session = Session(self, dialog, incoming.flow, incoming=incoming)
        self.sessions[dialog.call_id, dialog.local_tag] = session
        self.emit(InviteReceived(session))

    def open_subscription(
        self, incoming: IncomingRequest, *, minimum: int = 0
    ) -> ServerSubscription:
        """Make the subscription that a SUBSCRIBE asks for; accept it next.

        Raises:
            RemoteSipError: A header that the dialog needs cannot be read.
        """
        incoming.to_tag = self.token()
        dialog = dialog_of_invite(incoming.request, local_tag=incoming.to_tag)
        flow, request = incoming.flow, incoming.request
        subscription = ServerSubscription(self, dialog, flow, request, minimum=minimum)
        self.subscriptions[dialog.call_id, dialog.local_tag] = subscription
        return subscription

    def request_in_subscription(
        self, subscription: ServerSubscription, headers: list[Header], body: bytes, *, now: float
    ) -> None:
        """Send a NOTIFY."""
        dialog = subscription.dialog
        what = NewRequest("NOTIFY", dialog.remote_target, dialog.local, body=body)
        all_headers = (*dialog.headers("NOTIFY"), *self.user_agent, *headers)
        flow = self.flow_to(subscription)
        outgoing = OutgoingRequest(self, what, all_headers, flow, user=subscription)
        self.start_request(outgoing, now=now)

    def forget_subscription(self, subscription: ServerSubscription) -> None:
        """Drop an ended subscription from the table."""
        dialog = subscription.dialog
        self.subscriptions.pop((dialog.call_id, dialog.local_tag), None)

    def answer_statelessly(
        self,
        request: Request,
        flow: Flow,
        status: int,
        *,
        reason: str = "",
        headers: Headers = (),
    ) -> None:
        """Answer without a transaction: nothing is kept of the request."""
        if request.method == "ACK":
            return
        data = build_response(
            request,
            status,
            to_tag=self.token(),
            reason=reason,
            headers=(*self.common_headers, *headers),
        )
        self.send(data, flow)

    def _answer_malformed(self, error: MalformedMessageError, flow: Flow) -> None:
        request = error.request
        if request is None or "via" not in request.fields or "cseq" not in request.fields:
            self.dropped += 1
            return
        reason = str(error) if error.sip_status == 400 else ""
        reason = f"Bad Request - {reason}" if reason else ""
        self.answer_statelessly(request, flow, error.sip_status, reason=reason)


def _supported(extensions: frozenset[str]) -> Headers:
    return (("Supported", ", ".join(sorted(extensions))),) if extensions else ()
