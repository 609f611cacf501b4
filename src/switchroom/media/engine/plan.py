"""A stream's plan in the numbers of the native side."""

from __future__ import annotations

import math
from functools import cache, lru_cache

from switchroom.base.errors import MediaError
from switchroom.media.api import Address, Direction, StreamPlan
from switchroom.media.codecs.codec import Codec
from switchroom.media.codecs.libraries import find_library
from switchroom.media.codecs.registry import all_codecs, codec_of
from switchroom.media.engine import _engine
from switchroom.media.engine.srtp import Contexts

SAMPLE_RATE = 8000
TICK = 0.02  #: seconds
SHORTEST_PTIME = 0.005  #: seconds
LONGEST_PTIME = 0.16  #: seconds; what the native side has room for
LARGEST_PACKET = 1400  #: octets of audio; more is cut into fragments on its way

_SENDS = (Direction.SENDRECV, Direction.SENDONLY)
_RECEIVES = (Direction.SENDRECV, Direction.RECVONLY)


PlanValues = tuple[int, int, int, int, bool, bool, bool, int, Address | None,
                   bool, int, int, bool, bool,
                   int, int, int, int,
                   int, int, int, int, bool, bool, int,
                   int, int, bool, bool]  # fmt: skip


@cache
def find_codec(name: str, clock_rate: int) -> Codec:
    """The codec of a plan, its library opened.

    Raises:
        MediaError: The engine has no such codec, or its library is not installed.
    """
    codec = codec_of(name, clock_rate)
    if codec is None:
        raise MediaError(
            f"no codec {name!r} at {clock_rate} Hz; there are {', '.join(all_codecs())}"
        )
    if codec.library is not None:
        path = find_library(codec.library)
        if path is None or not _engine.load_codec(codec.native, path):
            raise MediaError(f"{codec.config_name} needs {codec.library}, which is not installed")
    return codec


@lru_cache(maxsize=64)
def _packet_samples(octets: float, frame: float, wanted: float) -> int:
    """Samples in a packet: whole frames of the codec, that no network cuts.

    Args:
        octets: Of a second, as coded.
        frame: Seconds of one frame.
        wanted: Seconds that a packet is asked to have.
    """
    most = min(LONGEST_PTIME, LARGEST_PACKET / octets)
    frames = math.floor(min(max(wanted, SHORTEST_PTIME), most) / frame + 1e-6)
    return round(max(frames, 1) * frame * SAMPLE_RATE)


def plan_values(plan: StreamPlan, contexts: Contexts, of_reports: Contexts) -> PlanValues:
    """A plan in the numbers of the native side.

    Args:
        plan: The plan.
        contexts: Made for its protection; they must live as long as the native side has them.
        of_reports: Likewise, of RTCP; often the same.

    Raises:
        MediaError: The engine has no such codec.
    """
    codec = find_codec(plan.codec, plan.clock_rate)
    return (
        codec.native,
        plan.payload_type,
        -1 if plan.telephone_event is None else plan.telephone_event,
        _packet_samples(codec.octets, codec.frame, plan.ptime),
        plan.direction in _SENDS,
        plan.direction in _RECEIVES,
        plan.symmetric,
        math.ceil((plan.receive_timeout or 0) / TICK),
        plan.remote,
        plan.rtcp_mux,
        plan.tos,
        plan.priority,
        plan.protection is not None or plan.dtls is not None,
        plan.dtls is not None,
        *contexts.addresses,
        *of_reports.addresses,
        codec.sample_rate,
        codec.clock_rate,
        plan.event_clock_rate,
        math.ceil((plan.keep_alive or 0) / TICK),
        plan.hears_tones,
        plan.reach_timeout is not None,
        -1 if plan.comfort_noise is None else plan.comfort_noise,
        plan.opus.most_bits,
        plan.opus.playback_rate,
        not plan.opus.wants_repeats,
        plan.opus.is_constant,
    )
