"""What can be set on a channel and is only noted there, for whoever it concerns."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel


class AmaFlag(IntEnum):
    """What billing shall make of a call (automatic message accounting)."""

    OMIT = 1
    BILLING = 2
    DOCUMENTATION = 3


@dataclass(slots=True)
class ChannelSettings:
    """Of one channel, by ``channel.datastore(ChannelSettings)``."""

    ama_flag: AmaFlag = AmaFlag.DOCUMENTATION
    user_field: str = ""  #: of its call record
    peer_account: str = ""  #: the account of the channel it is bridged with
    tenant_id: str = ""
    music_class: str = ""
    parking_lot: str = ""
    tone_zone: str = ""
    transfer_capability: str = "SPEECH"
    hangup_source: str = ""  #: which channel hung up, where that is known
    dtmf_features: str = ""  #: what its party may do by codes, in letters: ``thkwx``
    after_bridge: str = ""  #: where it goes on after its next conversation; nothing: as it is
    intercepts_hold: bool = False  #: its party's hold is told, and nobody hears music
    max_forwards: int = 20  #: how often a call may still be forwarded
    call_groups: frozenset[int] = frozenset()
    pickup_groups: frozenset[int] = frozenset()
    named_call_groups: tuple[str, ...] = field(default=())
    named_pickup_groups: tuple[str, ...] = field(default=())


def variable_of(channel: Channel, name: str) -> str:
    """By which a dialplan tells the core something: the channel's own variable, else the global."""
    value = channel.variables.get(name)
    return channel.pbx.global_variables.get(name, "") if value is None else value
