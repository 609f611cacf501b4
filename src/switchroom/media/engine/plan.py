"""A stream's plan in the numbers of the native side."""

from __future__ import annotations

import math

from switchroom.base.errors import MediaError
from switchroom.media.api import Address, Direction, StreamPlan
from switchroom.media.engine.srtp import Contexts

SAMPLE_RATE = 8000
TICK = 0.02  #: seconds
SHORTEST_PTIME = 0.005  #: seconds
LONGEST_PTIME = 0.16  #: seconds; what the native side has room for

_CODECS = {"PCMU": 0, "PCMA": 1}
_SENDS = {Direction.SENDRECV, Direction.SENDONLY}
_RECEIVES = {Direction.SENDRECV, Direction.RECVONLY}


PlanValues = tuple[int, int, int, int, bool, bool, bool, int, Address | None, bool, bool, int, int]


def plan_values(plan: StreamPlan, contexts: Contexts) -> PlanValues:
    """A plan in the numbers of the native side.

    Args:
        plan: The plan.
        contexts: Made for its protection; they must live as long as the native side has them.

    Raises:
        MediaError: The engine has no such codec.
    """
    if plan.codec not in _CODECS:
        raise MediaError(f"no codec {plan.codec!r}; there are {', '.join(_CODECS)}")
    ptime = min(max(plan.ptime, SHORTEST_PTIME), LONGEST_PTIME)
    return (
        _CODECS[plan.codec],
        plan.payload_type,
        -1 if plan.telephone_event is None else plan.telephone_event,
        round(ptime * SAMPLE_RATE),
        plan.direction in _SENDS,
        plan.direction in _RECEIVES,
        plan.symmetric,
        math.ceil((plan.receive_timeout or 0) / TICK),
        plan.remote,
        plan.rtcp_mux,
        *contexts.addresses,
    )
