"""Q.850 causes and SIP statuses, both ways (RFC 3398 §7.2.6.1 and §8.2.6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.pbx.hangup_cause import HangupCause

_STATUS_OF_CAUSE: Mapping[HangupCause, int] = MappingProxyType(
    {
        HangupCause.UNALLOCATED: 404,
        HangupCause.NO_ROUTE_TRANSIT_NET: 404,
        HangupCause.NO_ROUTE_DESTINATION: 404,
        HangupCause.USER_BUSY: 486,
        HangupCause.NO_USER_RESPONSE: 408,
        HangupCause.NO_ANSWER: 480,
        HangupCause.SUBSCRIBER_ABSENT: 480,
        HangupCause.CALL_REJECTED: 403,
        HangupCause.NUMBER_CHANGED: 410,
        HangupCause.DESTINATION_OUT_OF_ORDER: 502,
        HangupCause.INVALID_NUMBER_FORMAT: 484,
        HangupCause.FACILITY_REJECTED: 501,
        HangupCause.NORMAL_UNSPECIFIED: 480,
        HangupCause.NORMAL_CIRCUIT_CONGESTION: 503,
        HangupCause.NETWORK_OUT_OF_ORDER: 500,
        HangupCause.NORMAL_TEMPORARY_FAILURE: 503,
        HangupCause.SWITCH_CONGESTION: 503,
        HangupCause.BEARERCAPABILITY_NOTAVAIL: 488,
        HangupCause.CHAN_NOT_IMPLEMENTED: 503,
        HangupCause.FACILITY_NOT_IMPLEMENTED: 501,
        HangupCause.INCOMPATIBLE_DESTINATION: 488,
        HangupCause.RECOVERY_ON_TIMER_EXPIRE: 504,
        HangupCause.INTERWORKING: 500,
    }
)

_CAUSE_OF_STATUS: Mapping[int, HangupCause] = MappingProxyType(
    {
        401: HangupCause.CALL_REJECTED,
        403: HangupCause.CALL_REJECTED,
        404: HangupCause.UNALLOCATED,
        407: HangupCause.CALL_REJECTED,
        408: HangupCause.NO_USER_RESPONSE,
        409: HangupCause.NORMAL_TEMPORARY_FAILURE,
        410: HangupCause.NUMBER_CHANGED,
        420: HangupCause.NO_ANSWER,
        480: HangupCause.NO_ANSWER,
        483: HangupCause.NO_ANSWER,
        484: HangupCause.INVALID_NUMBER_FORMAT,
        485: HangupCause.UNALLOCATED,
        486: HangupCause.USER_BUSY,
        487: HangupCause.NORMAL_CLEARING,
        488: HangupCause.BEARERCAPABILITY_NOTAVAIL,
        500: HangupCause.NETWORK_OUT_OF_ORDER,
        501: HangupCause.FACILITY_REJECTED,
        502: HangupCause.DESTINATION_OUT_OF_ORDER,
        503: HangupCause.NORMAL_CIRCUIT_CONGESTION,
        504: HangupCause.RECOVERY_ON_TIMER_EXPIRE,
        580: HangupCause.NETWORK_OUT_OF_ORDER,
        600: HangupCause.USER_BUSY,
        603: HangupCause.CALL_REJECTED,
        604: HangupCause.UNALLOCATED,
        606: HangupCause.BEARERCAPABILITY_NOTAVAIL,
    }
)


def status_of_cause(cause: HangupCause) -> int:
    """The status that refuses an INVITE for ``cause``; 603 for what says no more than no."""
    return _STATUS_OF_CAUSE.get(cause, 603)


def cause_of_status(status: int) -> HangupCause:
    """What a refusal of our INVITE means, by its class where the status itself is not known.

    Args:
        status: 300-699.
    """
    known = _CAUSE_OF_STATUS.get(status)
    if known is not None:
        return known
    # A server that fails otherwise counts as congested: dialplans try another trunk then.
    is_server = 500 <= status < 600
    return HangupCause.NORMAL_CIRCUIT_CONGESTION if is_server else HangupCause.INTERWORKING


def known_cause(number: int) -> HangupCause:
    """The cause that a party gives by its number; one that there is not says nothing."""
    try:
        return HangupCause(number or HangupCause.NORMAL_CLEARING)
    except ValueError:
        return HangupCause.NORMAL_UNSPECIFIED
