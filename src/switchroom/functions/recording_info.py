"""RECORDING_INFO: what Record() left.

Family: Sounds and digits
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.recordings.last_record import RecordingInfo


@function("RECORDING_INFO")
def recording_info(channel: Channel, property: str) -> str:  # noqa: A002  # its name in the help
    """Something about the last recording that Record() made.

    Args:
        channel: The channel.
        property: ``duration``: its milliseconds.

    Examples:
        Record(greeting.wav,3,60)
        NoOp(${RECORDING_INFO(duration)})
    """
    if property.strip().lower() != "duration":
        raise DialplanError(f"RECORDING_INFO: there is no {property!r} of a recording")
    return str(round(1000 * channel.datastore(RecordingInfo).duration))
