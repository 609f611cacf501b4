"""Codecs that the other side of a call names, and those that an endpoint is allowed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from switchroom.channels.sip.endpoints.codecs import codecs_of
from switchroom.config.pjsip.codec_preferences import NAMED, CodecPreference, Operation
from switchroom.media.codecs.registry import codec_of
from switchroom.sdp.negotiation import Codec, audio_formats

if TYPE_CHECKING:
    from switchroom.channels.sip.driver import SipChannelDriver
    from switchroom.channels.sip.endpoints.endpoint import Endpoint

_AS_CONFIGURED = NAMED["local"]  #: an offer has to have it anyway


def reconciled(
    preference: CodecPreference, pending: Sequence[Codec], configured: Sequence[Codec]
) -> tuple[Codec, ...]:
    """What becomes of two lists, best first."""
    first, other = (pending, configured) if preference.prefers_pending else (configured, pending)
    match preference.operation:
        case Operation.INTERSECT:
            found = _common(first, other)
        case Operation.UNION:
            found = (*first, *other)
        case Operation.ONLY_PREFERRED:
            found = tuple(first)
        case Operation.ONLY_NONPREFERRED:
            found = tuple(other)
        case Operation.ORDER:
            found = (*_common(first, other), *configured)
    found = tuple(dict.fromkeys(found))
    return found[:1] if preference.keeps_first else found


def _common(first: Iterable[Codec], other: Sequence[Codec]) -> tuple[Codec, ...]:
    return tuple(codec for codec in first if codec in other)


def taken_from(
    preferences: Iterable[CodecPreference | None], sdp: str, configured: Sequence[Codec]
) -> Sequence[Codec]:
    """The codecs that a description of the party may be taken with, best first.

    Args:
        preferences: One after the other; None: as configured.
        sdp: The party's.
        configured: Those of the endpoint.

    Raises:
        SdpError: It cannot be read; 400.
    """
    candidates, pending = configured, None
    for preference in preferences:  # what one step leaves is what the next one is given
        if preference is None or preference is _AS_CONFIGURED:
            continue
        pending = _pending(sdp) if pending is None else pending
        candidates = pending = reconciled(preference, pending, configured)
    return candidates


def _pending(sdp: str) -> tuple[Codec, ...]:
    known = (codec_of(*each) for each in audio_formats(sdp))
    return codecs_of(tuple(codec.config_name for codec in known if codec is not None))


def offered_to(endpoint: Endpoint, caller: SipChannelDriver | None) -> tuple[Codec, ...]:
    """What a party that is called is offered, best first.

    Args:
        endpoint: Who is called.
        caller: For whom; None: nobody whose codecs are known.

    Returns:
        Nothing where the two may have no call.
    """
    configured = codecs_of(endpoint.codecs)
    agreement = caller.agreement if caller is not None else None
    if caller is None or agreement is None:
        return configured
    preference = endpoint.codec_preferences.outgoing_offer
    its = caller.endpoint.codec_preferences.incoming_offer
    if preference.may_transcode and its.may_transcode:
        return reconciled(preference, agreement.common, configured)
    in_use = (agreement.codec,)
    return _common(reconciled(preference, in_use, configured), in_use)
