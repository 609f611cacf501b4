"""Why a call ended: the causes of ITU-T Q.850."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType


class HangupCause(IntEnum):
    """Q.850 causes; Asterisk's names, without ``AST_CAUSE_``."""

    NOT_DEFINED = 0
    UNALLOCATED = 1
    NO_ROUTE_TRANSIT_NET = 2
    NO_ROUTE_DESTINATION = 3
    MISDIALLED_TRUNK_PREFIX = 5
    CHANNEL_UNACCEPTABLE = 6
    CALL_AWARDED_DELIVERED = 7
    PRE_EMPTED = 8
    NUMBER_PORTED_NOT_HERE = 14
    NORMAL_CLEARING = 16
    USER_BUSY = 17
    NO_USER_RESPONSE = 18
    NO_ANSWER = 19
    SUBSCRIBER_ABSENT = 20
    CALL_REJECTED = 21
    NUMBER_CHANGED = 22
    REDIRECTED_TO_NEW_DESTINATION = 23
    ANSWERED_ELSEWHERE = 26
    DESTINATION_OUT_OF_ORDER = 27
    INVALID_NUMBER_FORMAT = 28
    FACILITY_REJECTED = 29
    RESPONSE_TO_STATUS_ENQUIRY = 30
    NORMAL_UNSPECIFIED = 31
    NORMAL_CIRCUIT_CONGESTION = 34
    NETWORK_OUT_OF_ORDER = 38
    NORMAL_TEMPORARY_FAILURE = 41
    SWITCH_CONGESTION = 42
    ACCESS_INFO_DISCARDED = 43
    REQUESTED_CHAN_UNAVAIL = 44
    FACILITY_NOT_SUBSCRIBED = 50
    OUTGOING_CALL_BARRED = 52
    INCOMING_CALL_BARRED = 54
    BEARERCAPABILITY_NOTAUTH = 57
    BEARERCAPABILITY_NOTAVAIL = 58
    BEARERCAPABILITY_NOTIMPL = 65
    CHAN_NOT_IMPLEMENTED = 66
    FACILITY_NOT_IMPLEMENTED = 69
    INVALID_CALL_REFERENCE = 81
    INCOMPATIBLE_DESTINATION = 88
    INVALID_MSG_UNSPECIFIED = 95
    MANDATORY_IE_MISSING = 96
    MESSAGE_TYPE_NONEXIST = 97
    WRONG_MESSAGE = 98
    IE_NONEXIST = 99
    INVALID_IE_CONTENTS = 100
    WRONG_CALL_STATE = 101
    RECOVERY_ON_TIMER_EXPIRE = 102
    MANDATORY_IE_LENGTH_ERROR = 103
    PROTOCOL_ERROR = 111
    INTERWORKING = 127

    @property
    def text(self) -> str:
        """As AMI and HANGUPCAUSE() tell it: ``Normal Clearing``."""
        return _TEXTS.get(self, "Unknown")


_TEXTS: Mapping[HangupCause, str] = MappingProxyType(
    {
        HangupCause.UNALLOCATED: "Unallocated (unassigned) number",
        HangupCause.NO_ROUTE_TRANSIT_NET: "No route to specified transmit network",
        HangupCause.NO_ROUTE_DESTINATION: "No route to destination",
        HangupCause.MISDIALLED_TRUNK_PREFIX: "Misdialed trunk prefix",
        HangupCause.CHANNEL_UNACCEPTABLE: "Channel unacceptable",
        HangupCause.CALL_AWARDED_DELIVERED: (
            "Call awarded and being delivered in an established channel"
        ),
        HangupCause.PRE_EMPTED: "Pre-empted",
        HangupCause.NUMBER_PORTED_NOT_HERE: "Number ported elsewhere",
        HangupCause.NORMAL_CLEARING: "Normal Clearing",
        HangupCause.USER_BUSY: "User busy",
        HangupCause.NO_USER_RESPONSE: "No user responding",
        HangupCause.NO_ANSWER: "User alerting, no answer",
        HangupCause.SUBSCRIBER_ABSENT: "Subscriber absent",
        HangupCause.CALL_REJECTED: "Call Rejected",
        HangupCause.NUMBER_CHANGED: "Number changed",
        HangupCause.REDIRECTED_TO_NEW_DESTINATION: "Redirected to new destination",
        HangupCause.ANSWERED_ELSEWHERE: "Answered elsewhere",
        HangupCause.DESTINATION_OUT_OF_ORDER: "Destination out of order",
        HangupCause.INVALID_NUMBER_FORMAT: "Invalid number format",
        HangupCause.FACILITY_REJECTED: "Facility rejected",
        HangupCause.RESPONSE_TO_STATUS_ENQUIRY: "Response to STATus ENQuiry",
        HangupCause.NORMAL_UNSPECIFIED: "Normal, unspecified",
        HangupCause.NORMAL_CIRCUIT_CONGESTION: "Circuit/channel congestion",
        HangupCause.NETWORK_OUT_OF_ORDER: "Network out of order",
        HangupCause.NORMAL_TEMPORARY_FAILURE: "Temporary failure",
        HangupCause.SWITCH_CONGESTION: "Switching equipment congestion",
        HangupCause.ACCESS_INFO_DISCARDED: "Access information discarded",
        HangupCause.REQUESTED_CHAN_UNAVAIL: "Requested channel not available",
        HangupCause.FACILITY_NOT_SUBSCRIBED: "Facility not subscribed",
        HangupCause.OUTGOING_CALL_BARRED: "Outgoing call barred",
        HangupCause.INCOMING_CALL_BARRED: "Incoming call barred",
        HangupCause.BEARERCAPABILITY_NOTAUTH: "Bearer capability not authorized",
        HangupCause.BEARERCAPABILITY_NOTAVAIL: "Bearer capability not available",
        HangupCause.BEARERCAPABILITY_NOTIMPL: "Bearer capability not implemented",
        HangupCause.CHAN_NOT_IMPLEMENTED: "Channel not implemented",
        HangupCause.FACILITY_NOT_IMPLEMENTED: "Facility not implemented",
        HangupCause.INVALID_CALL_REFERENCE: "Invalid call reference value",
        HangupCause.INCOMPATIBLE_DESTINATION: "Incompatible destination",
        HangupCause.INVALID_MSG_UNSPECIFIED: "Invalid message unspecified",
        HangupCause.MANDATORY_IE_MISSING: "Mandatory information element is missing",
        HangupCause.MESSAGE_TYPE_NONEXIST: "Message type nonexist.",
        HangupCause.WRONG_MESSAGE: "Wrong message",
        HangupCause.IE_NONEXIST: "Info. element nonexist or not implemented",
        HangupCause.INVALID_IE_CONTENTS: "Invalid information element contents",
        HangupCause.WRONG_CALL_STATE: "Message not compatible with call state",
        HangupCause.RECOVERY_ON_TIMER_EXPIRE: "Recover on timer expiry",
        HangupCause.MANDATORY_IE_LENGTH_ERROR: "Mandatory IE length error",
        HangupCause.PROTOCOL_ERROR: "Protocol error, unspecified",
        HangupCause.INTERWORKING: "Interworking, unspecified",
    }
)

#: What dialplans call some causes instead.
ALIASES: Mapping[str, HangupCause] = MappingProxyType(
    {
        "BUSY": HangupCause.USER_BUSY,
        "FAILURE": HangupCause.NETWORK_OUT_OF_ORDER,
        "NORMAL": HangupCause.NORMAL_CLEARING,
        "NOANSWER": HangupCause.NO_ANSWER,
        "CONGESTION": HangupCause.NORMAL_CIRCUIT_CONGESTION,
        "UNREGISTERED": HangupCause.SUBSCRIBER_ABSENT,
        "NOSUCHDRIVER": HangupCause.CHAN_NOT_IMPLEMENTED,
    }
)
