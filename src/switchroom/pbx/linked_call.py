"""A call is the channels of one linked id: those that come together are one call from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from switchroom.pbx.channel import Channel


@dataclass(frozen=True, slots=True)
class CallUnited:
    """A channel belongs to another call now."""

    channel: str
    unique_id: str
    before: str  #: the linked id that it had


def unite(channels: Sequence[Channel]) -> None:
    """Let channels that hear each other belong to the oldest of their calls."""
    first = channels[0].linked_id
    if all(each.linked_id == first for each in channels):
        return
    oldest = min((each.linked_id for each in channels), key=_age)
    for channel in channels:
        before, channel.linked_id = channel.linked_id, oldest
        events = channel.pbx.events
        if before != oldest and events.wants(CallUnited):
            events.publish(CallUnited(channel.name, channel.unique_id, before))


def _age(linked_id: str) -> tuple[int, int]:
    """When a call began, and which of that second; ids that somebody chose are the youngest."""
    epoch, _, number = linked_id.rpartition("-")[2].partition(".")
    if epoch.isdigit() and number.isdigit():
        return int(epoch), int(number)
    return 1 << 62, 0
