"""MIXMONITOR: what a recording writes.

Family: Channels and calls
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.recordings.calls import CallRecordings


@function("MIXMONITOR")
def mixmonitor(channel: Channel, id: str, key: str) -> str:  # noqa: A002  # its name in the help
    """Something about a recording of this channel that runs.

    Args:
        channel: The channel.
        id: As option i of MixMonitor told.
        key: ``filename``.

    Examples:
        NoOp(${MIXMONITOR(0x1,filename)})
    """
    recording = channel.datastore(CallRecordings).running.get(id.strip())
    if recording is None:
        raise DialplanError(f"MIXMONITOR: no recording {id!r} runs on {channel.name}")
    if key.strip().lower() != "filename":
        raise DialplanError(f"MIXMONITOR: there is no {key!r} of a recording")
    return str(recording.order.files[0])
