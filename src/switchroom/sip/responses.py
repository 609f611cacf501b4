"""Responses from the wire to the request of ours that they answer (RFC 3261 §17.1.3, §13.2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.sip.client import (
    Headers,
    OutgoingInvite,
    OutgoingRequest,
    with_next_cseq,
)
from switchroom.sip.dialog import Dialog, establish
from switchroom.sip.events import (
    EndReason,
    OfferAnswered,
    OfferRefused,
    RequestTimedOut,
    ResponseReceived,
    SessionAnswered,
    SessionProgress,
)
from switchroom.sip.headers.reason import cause_of
from switchroom.sip.invite_client import InviteClient
from switchroom.sip.message import Response
from switchroom.sip.multipart import sdp_of
from switchroom.sip.proofs import Proofs
from switchroom.sip.reliable import has_tag
from switchroom.sip.server import IncomingRequest
from switchroom.sip.session import Session, SessionState, takes_update

if TYPE_CHECKING:
    from switchroom.sip.stack import SipStack


#: Requests of the core's own making: whoever uses it does not hear what they get.
_SILENT = frozenset({"BYE", "CANCEL", "PRACK"})


class Responses:
    """Matches received responses and tells what they mean."""

    def __init__(self, stack: SipStack) -> None:
        self._stack = stack

    def receive(self, response: Response, *, now: float) -> None:
        """Take one response; one that answers nothing of ours is dropped.

        Raises:
            RemoteSipError: Its Via or CSeq cannot be read.
        """
        outgoing = self._stack.clients.get((response.via.branch, response.cseq[1]))
        if outgoing is None:
            self._stack.dropped += 1
            return
        machine = outgoing.machine
        if isinstance(machine, InviteClient):
            outputs = machine.response(response.status, response.get("to"), now=now)
        else:
            outputs = machine.response(response.status, now=now)
        self._stack.perform(outgoing, outputs, now=now, response=response)

    def pass_up(
        self,
        owner: IncomingRequest | OutgoingRequest | OutgoingInvite,
        response: Response | None,
        *,
        now: float,
    ) -> None:
        """A machine hands up what just arrived."""
        if response is None:
            return
        if isinstance(owner, OutgoingInvite):
            self._invite_response(owner, response, now)
        elif isinstance(owner, OutgoingRequest):
            self._request_response(owner, response, now)

    def gave_up(
        self,
        owner: IncomingRequest | OutgoingRequest | OutgoingInvite,
        status: int,
        *,
        now: float,
    ) -> None:
        """A machine's patience is over; ``status`` is what that counts as."""
        if isinstance(owner, OutgoingInvite):
            if owner.is_within:
                self._lost(owner.session, now)
            owner.session.finish(EndReason.TIMED_OUT, status=status)
        elif isinstance(owner, OutgoingRequest) and owner.user is not None:
            owner.user.on_timeout(owner, now=now)
        elif isinstance(owner, OutgoingRequest) and owner.method not in _SILENT:
            self._stack.emit(RequestTimedOut(owner))

    def _lost(self, session: Session, now: float) -> None:
        """The dialog is of no use any more (RFC 3261 §12.2.1.2): a BYE says so."""
        if not session.is_ended:
            self._stack.request_in_dialog(session, "BYE", now=now)

    def _request_response(self, owner: OutgoingRequest, response: Response, now: float) -> None:
        if response.status in {401, 407}:
            again = owner.authorized(response)
            if again is not None:
                self._stack.start_request(again, now=now)
                return
        if owner.user is not None:
            owner.user.on_response(owner, response, now=now)
        elif owner.method not in _SILENT:
            self._stack.emit(ResponseReceived(owner, response))
        elif response.status >= 200:
            owner.forget()

    def _invite_response(self, owner: OutgoingInvite, response: Response, now: float) -> None:
        session = owner.session
        status = response.status
        if status > 100 and not owner.is_within and session.state is SessionState.OUTGOING:
            session.response = response
        if owner.is_within:
            self._answer_within(owner, session, response, now)
        elif status < 200:
            owner.heard_provisional(now=now)
            if status > 100 and session.state is SessionState.OUTGOING:
                self._provisional(owner, session, response, now)
        elif status < 300:
            self._answered(owner, session, response, now)
        elif session.state is SessionState.OUTGOING and owner is session.outgoing:
            if status in {401, 407} and self._try_again(owner, response, now):
                return
            if status == 422 and self._ask_for_longer(owner, response, now):
                return
            session.finish(EndReason.REFUSED, status=status, cause=cause_of(response))

    def _answer_within(
        self, owner: OutgoingInvite, session: Session, response: Response, now: float
    ) -> None:
        """What our re-INVITE got (RFC 3261 §14.1); its 2xx is acknowledged as often as it comes."""
        status = response.status
        is_open = owner is session.offering and status >= 200
        if 200 <= status < 300:
            if is_open:
                session.dialog.refresh_target(response)
            self._stack.acknowledge(session, response.cseq[0])
        if not is_open:
            return
        if status in {401, 407} and self._try_again(owner, response, now):
            return
        session.offering = None
        if status < 300:
            if session.timer is not None:
                session.timer.agreed(response, now=now)
            self._stack.arm(session)
            session.remote_sdp = sdp_of(response)
            self._stack.emit(OfferAnswered(session, session.remote_sdp))
        elif status == 491 and session.retry_offer(now=now):
            pass
        elif status in {408, 481}:
            self._lost(session, now)
            session.finish(EndReason.TIMED_OUT, status=status)
        else:
            self._stack.emit(OfferRefused(session, status))

    def _provisional(
        self, owner: OutgoingInvite, session: Session, response: Response, now: float
    ) -> None:
        if "rseq" in response.fields and has_tag(response, "require"):
            if not owner.reliably_heard.is_new(response):
                return  # it came again
            self._stack.acknowledge_provisional(session, response, now=now)
            session.early_answer |= bool(sdp_of(response))
        if response.to.tag:
            establish(session.dialog, response)  # requests may come before the 2xx
        self._progress(session, response)

    def _progress(self, session: Session, response: Response) -> None:
        sdp = sdp_of(response)
        if sdp:
            session.remote_sdp = sdp
        self._stack.emit(SessionProgress(session, response.status, sdp))

    def _answered(
        self, owner: OutgoingInvite, session: Session, response: Response, now: float
    ) -> None:
        number = response.cseq[0]
        tag = response.to.tag
        if session.state is SessionState.CONFIRMED and tag == session.dialog.remote_tag:
            self._stack.acknowledge(session, number)  # the 2xx came again
            return
        if session.state is not SessionState.OUTGOING:
            self._refuse_fork(owner, response, now)
            return
        establish(session.dialog, response)
        session.state = SessionState.CONFIRMED
        owner.forget()
        session.peer_takes_update = takes_update(response)
        if session.timer is not None:
            session.timer.agreed(response, now=now)
        self._stack.arm(session)
        self._stack.acknowledge(session, number)
        if session.wants_cancel:
            session.end(now=now)  # the CANCEL came too late (RFC 3261 §9.1)
            return
        session.remote_sdp = sdp_of(response)
        self._stack.emit(SessionAnswered(session, session.remote_sdp))

    def _refuse_fork(self, owner: OutgoingInvite, response: Response, now: float) -> None:
        """Another fork answered, or one answered an ended session: ACK it, then BYE."""
        first = owner.session.dialog
        dialog = Dialog(
            call_id=first.call_id,
            local_tag=first.local_tag,
            remote_tag="",
            local=first.local,
            remote=first.remote,
            remote_target=owner.uri,
            local_cseq=response.cseq[0],
        )
        establish(dialog, response)
        other = Session(self._stack, dialog, owner.flow, account=owner.session.account)
        self._stack.acknowledge(other, response.cseq[0])
        self._stack.request_in_dialog(other, "BYE", now=now)

    def _ask_for_longer(self, owner: OutgoingInvite, response: Response, now: float) -> bool:
        """The peer wants a longer session interval (RFC 4028 §7.4)."""
        session = owner.session
        timer = session.timer
        if timer is None or session.wants_cancel or not timer.raise_minimum(response):
            return False
        kept = [h for h in owner.headers if h[0] not in {"Session-Expires", "Min-SE"}]
        new = [h for h in timer.request_headers() if h[0] != "Require"]
        at = next(i for i, h in enumerate(kept) if h[0] == "Content-Type")
        self._start_again(owner, with_next_cseq((*kept[:at], *new, *kept[at:])), owner.proofs, now)
        return True

    def _try_again(self, owner: OutgoingInvite, response: Response, now: float) -> bool:
        session = owner.session
        proofs = owner.proofs.after(response, session.account)
        if proofs is None or session.wants_cancel:
            return False
        proven = proofs.headers("INVITE", owner.uri, self._stack.token)
        headers = (*with_next_cseq(owner.headers), *proven)
        self._start_again(owner, headers, proofs, now)
        return True

    def _start_again(
        self, owner: OutgoingInvite, headers: Headers, proofs: Proofs, now: float
    ) -> None:
        """Send an INVITE anew, with the next CSeq and other headers."""
        session = owner.session
        session.dialog.local_cseq += 1
        again = OutgoingInvite(
            self._stack,
            session,
            owner.uri,
            headers,
            body=owner.body,
            give_up_after=owner.give_up_after,
        )
        again.proofs = proofs
        self._stack.start_invite(again, now=now)
