"""What an endpoint's configuration makes of the descriptions of its calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from switchroom.channels.sip.endpoints.codecs import codecs_of
from switchroom.channels.sip.endpoints.endpoint import WITH_EVENTS, Endpoint
from switchroom.channels.sip.media.reconciling import taken_from
from switchroom.channels.sip.media.securing import CallSecurity
from switchroom.media.dtls.identities import Identities
from switchroom.sdp.negotiation import Agreement, Codec, agree


@dataclass(frozen=True, slots=True)
class Taken:
    """The offer of an INVITE that came in, taken."""

    security: CallSecurity
    agreement: Agreement | None  #: None: it had no offer


def agree_with(
    endpoint: Endpoint,
    codecs: Sequence[Codec],
    sdp: str,
    *,
    use_events: bool,
    is_answer: bool = False,
) -> Agreement:
    """Choose from an offer, or take an answer, as the endpoint may.

    Raises:
        SdpError: It cannot be read, or offers nothing that the endpoint may have.
    """
    preferences = endpoint.codec_preferences
    steps = (
        (preferences.incoming_answer,)
        if is_answer
        else (preferences.incoming_offer, preferences.outgoing_answer)
    )
    agreement = agree(
        sdp,
        taken_from(steps, sdp, codecs),
        use_events=use_events,
        secrecy=endpoint.security.secrecy,
        keying=endpoint.security.keying,
        rtcp_mux=endpoint.security.rtcp_mux,
    )
    if preferences.incoming_offer.keeps_first:
        agreement.common = agreement.common[:1]
    return agreement


def take_offer(endpoint: Endpoint, identities: Identities, sdp: str) -> Taken:
    """Take the offer of an INVITE; an empty one is none.

    Raises:
        SdpError: It cannot be read, or offers nothing that the endpoint may have.
        MediaError: The endpoint's certificate cannot be used.
    """
    security = CallSecurity(endpoint.security, identities)
    if not sdp:
        return Taken(security, None)
    use_events = endpoint.dtmf_mode in WITH_EVENTS
    agreement = agree_with(endpoint, codecs_of(endpoint.codecs), sdp, use_events=use_events)
    security.take_offer(agreement)
    return Taken(security, agreement)
