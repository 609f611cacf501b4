"""What a session of the core tells, as what it means to its call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.sip.events import (
    OfferAnswered,
    OfferReceived,
    OfferRefused,
    SessionAcknowledged,
    SessionAnswered,
    SessionEnded,
    SessionProgress,
    SessionUpdated,
)

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver


SessionEvent = (
    SessionEnded | SessionProgress | SessionAnswered | SessionAcknowledged | SessionUpdated
    | OfferReceived | OfferAnswered | OfferRefused
)  # fmt: skip


def tell(driver: SipChannelDriver, event: SessionEvent) -> None:
    """Let a call hear of its session."""
    match event:
        case SessionEnded():
            driver.on_ended(event)
        case SessionProgress(_, status, sdp):
            driver.on_progress(status, sdp)
        case SessionAnswered(_, sdp):
            driver.on_answered(sdp)
        case SessionAcknowledged(_, sdp):
            driver.on_acknowledged(sdp)
        case OfferReceived(_, sdp):
            driver.on_offer(sdp)
        case OfferAnswered(_, sdp) if driver.waits_for_answer:
            driver.on_offer_settled(sdp)
        case OfferAnswered(_, sdp):
            driver.on_offer_answered(sdp)
        case SessionUpdated(_, request):
            driver.on_updated(request)
        case OfferRefused():
            driver.on_offer_settled("")
