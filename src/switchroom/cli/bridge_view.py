"""Bridges and conferences alike, as the console lists them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.conference.conference import Conference, Conferences
from switchroom.pbx.bridging.bridge import Bridge, Bridges
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx


@dataclass(frozen=True, slots=True)
class BridgeView:
    """Channels that hear each other."""

    id: str
    name: str
    kind: str
    technology: str
    creator: str
    created_at: float
    channels: tuple[Channel, ...]


def all_bridges(pbx: Pbx) -> Iterator[BridgeView]:
    """Those that there are now."""
    for bridge in pbx.datastore(Bridges).values():
        yield _of_bridge(bridge)
    for conference in pbx.datastore(Conferences).values():
        yield _of_conference(conference)


def _of_bridge(bridge: Bridge) -> BridgeView:
    channels = tuple(each.channel for each in bridge.parties)
    return BridgeView(
        bridge.id, bridge.name, bridge.kind, bridge.technology, bridge.creator, bridge.created_at,
        channels,
    )  # fmt: skip


def _of_conference(conference: Conference) -> BridgeView:
    stays, facts = conference.attendances.values(), conference.facts
    began = min((each.joined_at for each in stays), default=conference.pbx.now())
    channels = tuple(each.channel for each in stays)
    return BridgeView(
        conference.id, conference.name, "base", facts.technology, facts.creator, began, channels
    )


def bridge_ids(pbx: Pbx) -> dict[str, str]:
    """The id of the bridge that each channel is in, by the channels' names."""
    return {channel.name: view.id for view in all_bridges(pbx) for channel in view.channels}
