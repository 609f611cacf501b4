"""The codecs that an endpoint may use, in the words of SDP."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.media.api import Direction, Protection, StreamPlan
from switchroom.sdp.negotiation import PCMA, PCMU, Agreement, Codec

_CODECS = {"ulaw": PCMU, "alaw": PCMA}
_ALL = ("ulaw", "alaw")


def codecs_of(names: Iterable[str]) -> list[Codec]:
    """From ``allow`` to codecs, best first; what the media engine does not have is left out."""
    wanted: list[str] = []
    for name in names:
        wanted += _ALL if name == "all" else [name]
    return [_CODECS[name] for name in dict.fromkeys(wanted) if name in _CODECS]


def name_of(codec: Codec) -> str:
    """What configurations call a codec."""
    return next((name for name, each in _CODECS.items() if each == codec), codec.name.lower())


def plan_of(
    agreement: Agreement, *, symmetric: bool, protection: Protection | None = None
) -> StreamPlan:
    """What the engine is told of an agreement."""
    return StreamPlan(
        codec=agreement.codec.name,
        payload_type=agreement.payload_type,
        remote=(agreement.host, agreement.port) if agreement.host != "0.0.0.0" else None,
        telephone_event=agreement.telephone_event,
        ptime=agreement.ptime / 1000,
        direction=Direction(agreement.direction),
        symmetric=symmetric,
        rtcp_mux=agreement.rtcp_mux,
        protection=protection,
    )
