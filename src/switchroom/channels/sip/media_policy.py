"""How an endpoint's media are treated, besides which codecs there are."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.config.pjsip import EndpointConfig
from switchroom.config.sip_media import SipMedia


@dataclass(frozen=True, slots=True)
class MediaPolicy:
    """Spans are seconds; 0: the policy has no such span."""

    timeout: float = 0.0  #: without a packet of the party, after which its call ends
    hold_timeout: float = 0.0  #: the same, while it holds the call
    keep_alive: float = 0.0  #: without a packet of ours, after which an empty one goes


def policy_of_endpoint(config: EndpointConfig) -> MediaPolicy:
    """From ``pjsip.conf``."""
    number = config.options.number
    return MediaPolicy(
        timeout=number("rtp_timeout"),
        hold_timeout=number("rtp_timeout_hold"),
        keep_alive=number("rtp_keepalive"),
    )


def policy_of_peer(media: SipMedia) -> MediaPolicy:
    """From ``sip.conf``."""
    return MediaPolicy(
        timeout=media.timeout, hold_timeout=media.hold_timeout, keep_alive=media.keep_alive
    )
