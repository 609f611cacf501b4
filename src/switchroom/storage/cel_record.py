"""The record of one event of a channel (CEL), as a backend gets it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CelType(StrEnum):
    """What happened."""

    CHAN_START = "CHAN_START"
    CHAN_END = "CHAN_END"
    ANSWER = "ANSWER"
    HANGUP = "HANGUP"
    APP_START = "APP_START"
    APP_END = "APP_END"
    PARK_START = "PARK_START"
    PARK_END = "PARK_END"
    USER_DEFINED = "USER_DEFINED"
    BRIDGE_ENTER = "BRIDGE_ENTER"
    BRIDGE_EXIT = "BRIDGE_EXIT"
    BLINDTRANSFER = "BLINDTRANSFER"
    ATTENDEDTRANSFER = "ATTENDEDTRANSFER"
    PICKUP = "PICKUP"
    FORWARD = "FORWARD"
    LINKEDID_END = "LINKEDID_END"
    LOCAL_OPTIMIZE = "LOCAL_OPTIMIZE"
    LOCAL_OPTIMIZE_BEGIN = "LOCAL_OPTIMIZE_BEGIN"
    STREAM_BEGIN = "STREAM_BEGIN"
    STREAM_END = "STREAM_END"
    DTMF = "DTMF"

    @property
    def number(self) -> int:
        """``${eventenum}``: its place in the list."""
        return list(CelType).index(self) + 1


@dataclass(frozen=True, slots=True)
class CelRecord:
    """One event; the instant is seconds since the epoch."""

    event: CelType
    at: float
    channel: str
    unique_id: str
    linked_id: str
    user_event: str = ""  #: the name of one that the dialplan tells
    caller_name: str = ""
    caller_number: str = ""
    ani: str = ""
    rdnis: str = ""
    dnid: str = ""
    context: str = ""
    extension: str = ""
    application: str = ""
    data: str = ""
    ama_flag: int = 3
    account: str = ""
    peer_account: str = ""
    user_field: str = ""
    peer: str = ""  #: the others in its bridge, with commas
    extra: str = ""  #: JSON; empty: there is nothing to add
