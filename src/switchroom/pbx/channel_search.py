"""Finding a channel by what somebody typed."""

from __future__ import annotations

from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx


def find_channel(pbx: Pbx, text: str) -> Channel | None:
    """A channel by its name, its unique id, or its name without the number behind the last dash."""
    text = text.strip()
    found = pbx.channels.get(text)
    if found is not None or not text:
        return found
    lowered = text.lower()
    for channel in pbx.channels.values():
        name = channel.name.lower()
        if lowered in {name, name.rpartition("-")[0]} or channel.unique_id == text:
            return channel
    return None


def device_of(channel: Channel) -> str:
    """The device a channel belongs to: its name without the number, ``PJSIP/alice``."""
    return channel.name.rpartition("-")[0]
