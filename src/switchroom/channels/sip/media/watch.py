"""Whether a call's audio still comes: what is awaited of its party, and what follows."""

from __future__ import annotations

import dataclasses
import logging

from switchroom.channels.sip.endpoints.media_policy import MediaPolicy
from switchroom.media.api import (
    Direction,
    MediaEvent,
    PathFailed,
    RtcpReported,
    RtpTimedOut,
    StreamPlan,
)
from switchroom.pbx.channel import Channel
from switchroom.pbx.events import DialplanEnded
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.rtcp_events import publish_report, serve_reports

logger = logging.getLogger(__name__)

REACH_TIMEOUT = 30.0  #: seconds that checks of ICE and handshakes of an answered call may take

_NOTHING_COMES = frozenset({Direction.INACTIVE, Direction.SENDONLY})


def serve_media(pbx: Pbx) -> None:
    """Tell of reports while somebody wants to know, and of quality before ``h`` runs."""
    serve_reports(pbx)

    def note(event: DialplanEnded) -> None:
        channel = pbx.channels.get(event.channel)
        note_quality = getattr(channel.driver, "note_quality", None) if channel else None
        if note_quality is not None:  # a driver that leaves on its channel how well it was heard
            note_quality()

    pbx.events.subscribe(DialplanEnded, note)


def watched(plan: StreamPlan, policy: MediaPolicy, *, is_held: bool) -> StreamPlan:
    """The plan of an answered call, with what is awaited of its party.

    Args:
        plan: As agreed.
        policy: The endpoint's.
        is_held: Whether the party holds the call: then it has longer, or forever.
    """
    silent = is_held or plan.direction in _NOTHING_COMES
    timeout = policy.hold_timeout if silent else policy.timeout
    takes_time = plan.ice is not None or plan.dtls is not None
    if not (timeout or takes_time) and plan.receive_timeout is None:
        return plan
    return dataclasses.replace(
        plan,
        receive_timeout=timeout or None,
        reach_timeout=REACH_TIMEOUT if takes_time else None,
    )


def hear_media(channel: Channel, event: MediaEvent) -> None:
    """What the engine reports of a call's audio; audio that does not come ends the call."""
    match event:
        case RtpTimedOut(silent_for):
            logger.warning("%s: hung up, no RTP came for %.0f seconds", channel.name, silent_for)
        case PathFailed(reason):
            logger.warning("%s: hung up, there is no way for its audio: %s", channel.name, reason)
        case RtcpReported():
            if channel.opened_stream is not None:
                publish_report(channel, channel.opened_stream, event)
            return
        case _:
            channel.on_media_event(event)
            return
    # Asterisk 22: the cause of a call whose media died is 44.
    channel.hangup(HangupCause.REQUESTED_CHAN_UNAVAIL)
