"""How conferences are told as channel events (CEL): who joins is in a bridge."""

from __future__ import annotations

from switchroom.conference.events import ConferenceJoined, ConferenceLeft
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.records.cel import CelFact, cel_event
from switchroom.storage.cel_record import CelType


def _fact(event: ConferenceJoined | ConferenceLeft) -> CelFact:
    facts = event.conference
    extra = {"bridge_id": facts.bridge, "bridge_technology": facts.technology}
    return CelFact(event.channel, "", extra)


@cel_event(ConferenceJoined, CelType.BRIDGE_ENTER)
def joined(pbx: Pbx, event: ConferenceJoined) -> CelFact:
    """A channel joined."""
    return _fact(event)


@cel_event(ConferenceLeft, CelType.BRIDGE_EXIT)
def left(pbx: Pbx, event: ConferenceLeft) -> CelFact:
    """A channel left."""
    return _fact(event)
