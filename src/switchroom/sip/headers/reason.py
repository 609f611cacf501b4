"""Why a call ended, in the words of the telephone network (RFC 3326)."""

from __future__ import annotations

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.parameters import parse_parameters
from switchroom.sip.message import Message


def cause_of(message: Message) -> int:
    """The Q.850 cause of a Reason header (RFC 3326), 0 where there is none."""
    for value in message.fields.get("reason", ()):
        for each in value.split(","):
            protocol, _, rest = each.partition(";")
            if protocol.strip().upper() != "Q.850":
                continue
            try:
                cause = parse_parameters(rest).get("cause", "")
            except RemoteSipError:
                continue
            if cause.isascii() and cause.isdigit() and len(cause) <= 3:
                return int(cause)
    return 0
