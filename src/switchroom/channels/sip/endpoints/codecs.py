"""The codecs that an endpoint may use, in the words of SDP."""

from __future__ import annotations

import logging
from functools import cache

from switchroom.media.api import Direction, Protection, StreamPlan
from switchroom.media.codecs.registry import all_codecs, codec_of, is_usable
from switchroom.sdp.negotiation import Agreement, Codec
from switchroom.sdp.opus import OpusTerms, parse_opus

logger = logging.getLogger(__name__)


@cache
def _offered(name: str) -> Codec | None:
    codec = all_codecs().get(name)
    if codec is None:
        logger.debug("no codec %s here: endpoints that allow it go without", name)
        return None
    if not is_usable(codec):
        logger.warning("endpoints go without %s: %s is not installed", name, codec.library)
        return None
    return Codec(
        codec.name, codec.clock_rate, codec.payload_type,
        channels=codec.channels, parameters=codec.parameters,
    )  # fmt: skip


@cache
def codecs_of(names: tuple[str, ...]) -> tuple[Codec, ...]:
    """From ``allow`` to codecs, best first; what the media engine does not have is left out."""
    wanted: list[str] = []
    for name in names:
        wanted += all_codecs() if name == "all" else [name]
    found = (_offered(name) for name in dict.fromkeys(wanted))
    return tuple(codec for codec in found if codec is not None)


def name_of(codec: Codec) -> str:
    """What configurations call a codec."""
    known = codec_of(codec.name, codec.clock_rate)
    return known.config_name if known is not None else codec.name.lower()


def plan_of(
    agreement: Agreement,
    *,
    symmetric: bool,
    keep_alive: float = 0.0,
    hears_tones: bool = False,
    protection: Protection | None = None,
) -> StreamPlan:
    """What the engine is told of an agreement."""
    return StreamPlan(
        codec=agreement.codec.name,
        payload_type=agreement.payload_type,
        clock_rate=agreement.codec.clock_rate,
        remote=(agreement.host, agreement.port) if agreement.host != "0.0.0.0" else None,
        telephone_event=agreement.telephone_event,
        event_clock_rate=agreement.event_clock_rate,
        opus=parse_opus(agreement.parameters) if agreement.codec.name == "OPUS" else OpusTerms(),
        comfort_noise=agreement.comfort_noise,
        hears_tones=hears_tones,
        ptime=agreement.ptime / 1000,
        direction=Direction(agreement.direction),
        symmetric=symmetric,
        keep_alive=keep_alive or None,
        rtcp_mux=agreement.rtcp_mux,
        protection=protection,
    )
