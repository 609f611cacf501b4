"""Requests from the wire to a transaction, and from there to whom they concern."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.events import (
    EndReason,
    OfferReceived,
    RequestReceived,
    SessionAcknowledged,
    SessionUpdated,
    SubscriptionRefreshed,
)
from switchroom.sip.flow import Flow
from switchroom.sip.headers.reason import cause_of
from switchroom.sip.headers.via import MAGIC_COOKIE, Via
from switchroom.sip.invite_server import Input, InviteServer
from switchroom.sip.message import Request
from switchroom.sip.multipart import sdp_of
from switchroom.sip.non_invite_server import Input as NonInviteInput
from switchroom.sip.non_invite_server import NonInviteServer
from switchroom.sip.refusal import RETRY_AFTER
from switchroom.sip.server import IncomingRequest, TransactionKey
from switchroom.sip.session import Session, SessionState
from switchroom.sip.subscription import ServerSubscription
from switchroom.sip.validation import RefusedRequestError, validate

if TYPE_CHECKING:
    from switchroom.sip.stack import SipStack


_RPORT = re.compile(r";\s*rport\s*+=?+\s*+(?=;|$)", re.IGNORECASE)


class Inbound:
    """Matches and dispatches received requests (RFC 3261 §17.2.3, §12.2.2, §9.2)."""

    def __init__(self, stack: SipStack) -> None:
        self._stack = stack

    def receive(self, request: Request, flow: Flow, *, now: float) -> None:
        """Take one request; a wrong one is answered at once and leaves nothing behind."""
        stack = self._stack
        try:
            via = request.via
            _note_source(request, via, flow)
            key = _transaction_key(request, via)
            known = stack.servers.get(key)
            if known is not None and self._is_retransmission(known, request, now):
                return
            validate(request, allowed=stack.config.methods, extensions=stack.required)
        except RemoteSipError as error:
            self._refuse(request, flow, error)
            return
        if request.method == "ACK":
            self._ack(request, now)
            return
        if len(stack.servers) + len(stack.clients) >= stack.config.max_transactions:
            self._overloaded(request, flow)
            return
        incoming = IncomingRequest(stack, request, flow, key)
        try:
            self._dispatch(incoming, now)
        except RemoteSipError as error:
            self._refuse_kept(incoming, error, now)

    def _is_retransmission(self, known: IncomingRequest, request: Request, now: float) -> bool:
        machine = known.machine
        if isinstance(machine, InviteServer):
            if request.method == "ACK":
                # An ACK with the branch of its INVITE acknowledges a refusal (RFC 3261 §17.1.1.3).
                if known.status < 300:
                    return False
                self._stack.perform(known, machine.feed(Input.RECV_ACK, now), now=now)
                return True
            self._stack.perform(known, machine.feed(Input.RECV_INVITE, now), now=now)
        elif isinstance(machine, NonInviteServer):
            self._stack.perform(known, machine.feed(NonInviteInput.RECV_REQUEST, now), now=now)
        return True

    def _refuse(self, request: Request, flow: Flow, error: RemoteSipError) -> None:
        headers = error.headers if isinstance(error, RefusedRequestError) else ()
        reason = f"Bad Request - {error}" if error.sip_status == 400 else ""
        self._stack.answer_statelessly(
            request, flow, error.sip_status, reason=reason, headers=headers
        )

    def _refuse_kept(self, incoming: IncomingRequest, error: RemoteSipError, now: float) -> None:
        """Refuse in its transaction, where it has one already."""
        if incoming.key not in self._stack.servers:
            self._refuse(incoming.request, incoming.flow, error)
            return
        headers = error.headers if isinstance(error, RefusedRequestError) else ()
        reason = f"Bad Request - {error}" if error.sip_status == 400 else ""
        incoming.respond(error.sip_status, now=now, reason=reason, headers=headers)

    def _overloaded(self, request: Request, flow: Flow) -> None:
        headers = (("Retry-After", str(RETRY_AFTER)),)
        self._stack.answer_statelessly(request, flow, 503, headers=headers)

    def _dispatch(self, incoming: IncomingRequest, now: float) -> None:
        stack, request = self._stack, incoming.request
        method = request.method
        to_tag = request.to.tag
        if method == "CANCEL":
            self._keep(incoming)
            self._cancel(incoming, now)
        elif to_tag:
            self._keep(incoming)
            self._within_dialog(incoming, to_tag, now)
        elif method == "INVITE":
            # It may come over two ways (RFC 3261 §8.2.2.2).
            merge = (request.call_id, request.from_.tag, request.cseq[0])
            if merge in stack.merging:
                stack.answer_statelessly(request, incoming.flow, 482)
                return
            if stack.refuses_calls or len(stack.sessions) >= stack.config.max_sessions:
                self._overloaded(request, incoming.flow)
                return
            stack.open_session(incoming, now=now)
            incoming.merge_key = merge
            stack.merging[merge] = incoming.key
            self._keep(incoming)
        elif method in {"BYE", "UPDATE", "INFO", "PRACK"}:
            self._keep(incoming)
            incoming.respond(481, now=now)
        else:
            self._keep(incoming)
            stack.emit(RequestReceived(incoming))

    def _keep(self, incoming: IncomingRequest) -> None:
        self._stack.servers[incoming.key] = incoming

    def _cancel(self, incoming: IncomingRequest, now: float) -> None:
        """RFC 3261 §9.2: 200 for the CANCEL, 487 for the INVITE if it is not answered yet."""
        invite = self._stack.servers.get((*incoming.key[:-1], "INVITE"))
        if invite is None:
            incoming.respond(481, now=now)
            return
        incoming.to_tag = invite.to_tag
        incoming.respond(200, now=now)
        session = self._session(incoming.request.call_id, invite.to_tag)
        if session is not None and session.state is SessionState.INCOMING:
            cause = cause_of(incoming.request)
            invite.respond(487, now=now)
            session.finish(EndReason.CANCELLED, cause=cause)

    def _session(self, call_id: str, local_tag: str) -> Session | None:
        return self._stack.sessions.get((call_id, local_tag))

    def _ack(self, request: Request, now: float) -> None:
        session = self._session(request.call_id, request.to.tag)
        if session is None or not session.acknowledged(request.cseq[0], now=now):
            return
        if not session.is_ended:
            sdp = sdp_of(request)
            if sdp:
                session.remote_sdp = sdp
            self._stack.emit(SessionAcknowledged(session, sdp))

    def _within_dialog(self, incoming: IncomingRequest, to_tag: str, now: float) -> None:
        request = incoming.request
        session = self._session(request.call_id, to_tag)
        subscription = self._stack.subscriptions.get((request.call_id, to_tag))
        if subscription is not None and session is None:
            self._within_subscription(subscription, incoming, now)
            return
        if session is None and request.method in self._stack.config.stray:
            self._stack.emit(RequestReceived(incoming))
            return
        if session is None or session.dialog.remote_tag != request.from_.tag:
            incoming.respond(481, now=now)
            return
        number = request.cseq[0]
        if number <= session.dialog.remote_cseq and session.dialog.remote_cseq:
            incoming.respond(500, now=now, reason="CSeq out of order")
            return
        session.dialog.remote_cseq = number
        match request.method:
            case "BYE":
                self._bye(session, incoming, now)
            case "INVITE" | "UPDATE":
                self._offer(session, incoming, now)
            case "PRACK":
                self._acknowledge(session, incoming, now)
            case _:
                self._stack.emit(RequestReceived(incoming, session))

    def _within_subscription(
        self, subscription: ServerSubscription, incoming: IncomingRequest, now: float
    ) -> None:
        request, dialog = incoming.request, subscription.dialog
        if dialog.remote_tag != request.from_.tag or request.method != "SUBSCRIBE":
            incoming.respond(481 if request.method == "SUBSCRIBE" else 405, now=now)
        elif request.cseq[0] <= dialog.remote_cseq:
            incoming.respond(500, now=now, reason="CSeq out of order")
        else:
            dialog.remote_cseq = request.cseq[0]
            self._stack.emit(SubscriptionRefreshed(subscription, incoming))

    def _bye(self, session: Session, incoming: IncomingRequest, now: float) -> None:
        incoming.respond(200, now=now)
        if session.state is SessionState.INCOMING and session.incoming is not None:
            session.incoming.respond(487, now=now)  # RFC 3261 §15.1.2
        session.finish(EndReason.REMOTE_BYE, cause=cause_of(incoming.request))
        incoming.forget_request()

    def _acknowledge(self, session: Session, incoming: IncomingRequest, now: float) -> None:
        """A PRACK; it may carry the answer to an offer of our provisional response."""
        if not session.provisional_acknowledged(incoming.request, now=now):
            incoming.respond(481, now=now)
            return
        incoming.respond(200, now=now)
        sdp = sdp_of(incoming.request)
        if sdp:
            session.remote_sdp = sdp
            self._stack.emit(SessionAcknowledged(session, sdp))
        session.go_on_accepting(now=now)

    def _offer(self, session: Session, incoming: IncomingRequest, now: float) -> None:
        request = incoming.request
        sdp = sdp_of(request)
        if sdp or request.method == "INVITE":
            status = _unfit_for_offer(session)
            if status:
                # RFC 3261 §14.2, RFC 3311 §5.2
                headers = (("Retry-After", "1"),) if status == 500 else ()
                incoming.respond(status, now=now, headers=headers)
                return
        if session.timer is not None:
            session.timer.check(request)
        session.dialog.refresh_target(request)
        if request.method == "UPDATE" and not sdp:
            timed = session.timer.accept(request, now=now) if session.timer is not None else ()
            headers = (session.contact, *timed)
            incoming.respond(200, now=now, headers=headers)
            self._stack.arm(session)
            self._stack.emit(SessionUpdated(session, request))
            return
        if request.method == "INVITE":
            incoming.respond(100, now=now)
        session.sdp_before = session.remote_sdp
        if sdp:
            session.remote_sdp = sdp
        session.waiting_offer = incoming
        self._stack.emit(OfferReceived(session, sdp))


def _unfit_for_offer(session: Session) -> int:
    """The status that says why an offer cannot be taken now; 0: it can."""
    if session.waiting_offer is not None:
        return 500
    if session.state is SessionState.INCOMING:
        is_agreed = session.reliable is not None and session.reliable.sdp_is_acknowledged
        return 0 if is_agreed else 500
    if session.state is SessionState.OUTGOING:
        return 0 if session.early_answer else 491
    return 491 if session.offering is not None or session.awaits_answer else 0


def _note_source(request: Request, via: Via, flow: Flow) -> None:
    """Write ``received`` and ``rport`` into the top Via (RFC 3261 §18.2.1, RFC 3581 §4)."""
    host, port = flow.remote
    first, *others = request.fields["via"]
    top, comma, rest = first.partition(",")
    if "rport" in via.parameters and not via.parameters["rport"]:
        top = _with_rport(top, port)
    if via.host.strip("[]") != host:
        top = f"{top.rstrip()};received={host}"
    request.fields["via"] = [f"{top}{comma}{rest}", *others]


def _with_rport(top: str, port: int) -> str:
    return _RPORT.sub(f";rport={port}", top, count=1)


def _transaction_key(request: Request, via: Via) -> TransactionKey:
    """RFC 3261 §17.2.3; without the cookie the rules of RFC 2543 apply."""
    method = "INVITE" if request.method == "ACK" else request.method
    sent_by = f"{via.host.lower()}:{via.port or 5060}"
    branch = via.branch
    if branch.startswith(MAGIC_COOKIE) and len(branch) > len(MAGIC_COOKIE):
        return branch, sent_by, method
    number = str(request.cseq[0])
    return request.call_id, request.from_.tag, number, request.uri, sent_by, method
