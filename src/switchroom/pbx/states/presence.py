"""Presence: what people say of themselves, ``CustomPresence:alice`` is away, at lunch."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from enum import StrEnum

from switchroom.base.text import from_octets, to_octets
from switchroom.pbx.pbx import Pbx

CUSTOM = "CustomPresence"
FAMILY = "CustomPresence"  #: of the AstDB: it outlives a restart


class PresenceState(StrEnum):
    """The states, as hints and AMI call them."""

    NOT_SET = "not_set"
    UNAVAILABLE = "unavailable"
    AVAILABLE = "available"
    AWAY = "away"
    XA = "xa"
    CHAT = "chat"
    DND = "dnd"


@dataclass(frozen=True, slots=True)
class Presence:
    """What one provider says."""

    state: PresenceState = PresenceState.NOT_SET
    subtype: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """Somebody says something else of himself (AMI: PresenceStateChange)."""

    provider: str
    presence: Presence


def parse_presence(text: str) -> Presence | None:
    """Read ``state,subtype,message[,e]``; with ``e`` the last two are base64. None: it is none."""
    words = [*text.split(",", 3), "", "", ""]
    try:
        state = PresenceState(words[0].strip().lower())
        if "e" in words[3]:
            words[1:3] = (from_octets(base64.b64decode(word)) for word in words[1:3])
    except (ValueError, binascii.Error):
        return None
    return Presence(state, words[1], words[2])


def presence(pbx: Pbx, provider: str) -> Presence:
    """What a provider says, ``CustomPresence:alice``."""
    kind, _, name = provider.partition(":")
    if kind.lower() != CUSTOM.lower():
        return Presence()
    return parse_presence(pbx.astdb.get(FAMILY, name) or "") or Presence()


async def set_presence(pbx: Pbx, name: str, new: Presence) -> None:
    """Set ``CustomPresence:name``; it is kept over a restart."""
    provider = f"{CUSTOM}:{name}"
    before = presence(pbx, provider)
    encoded = (base64.b64encode(to_octets(word)).decode() for word in (new.subtype, new.message))
    await pbx.astdb.put(FAMILY, name, ",".join([new.state, *encoded, "e"]))
    if new != before and pbx.events.wants(PresenceChanged):
        pbx.events.publish(PresenceChanged(provider, new))
