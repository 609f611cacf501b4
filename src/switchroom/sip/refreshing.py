"""The refresh of a session's timer: an UPDATE, or a re-INVITE where the peer takes none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.sip.events import EndReason
from switchroom.sip.message import Response

if TYPE_CHECKING:
    from switchroom.sip.client import OutgoingRequest
    from switchroom.sip.session import Session


def refresh(session: Session, *, now: float) -> None:
    """Send the refresh; what it gets starts the timer anew, or ends the session."""
    stack, timer = session.stack, session.timer
    if timer is None:
        return
    if session.peer_takes_update:
        headers = (session.contact, *stack.supported, *timer.request_headers())
        session.request_within("UPDATE", now=now, headers=headers, user=_Refresh(session))
    elif session.offering is None and session.waiting_offer is None:
        stack.offer_within(session, session.local_sdp, now=now)


class _Refresh:
    """Hears what an UPDATE got."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def on_response(self, outgoing: OutgoingRequest, response: Response, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        session, timer = self._session, self._session.timer
        if timer is None or response.status < 200:
            return
        if response.status < 300:
            timer.agreed(response, now=now)
            session.stack.arm(session)
        elif response.status == 422 and timer.raise_minimum(response):
            refresh(session, now=now)
        elif response.status in {405, 501}:
            session.peer_takes_update = False
            refresh(session, now=now)
        elif response.status in {408, 481}:
            self.on_timeout(outgoing, now=now)

    def on_timeout(self, outgoing: OutgoingRequest, *, now: float) -> None:
        """See :class:`~switchroom.sip.client.RequestUser`."""
        session = self._session
        if not session.is_ended:
            session.stack.request_in_dialog(session, "BYE", now=now)
            session.finish(EndReason.TIMED_OUT, status=408)
