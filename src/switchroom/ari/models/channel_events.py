"""Events of channels."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, UnsetType

from switchroom.ari.models.bridges import Bridge
from switchroom.ari.models.channels import Channel
from switchroom.ari.models.endpoints import Endpoint
from switchroom.ari.models.event_parts import ReferredBy, ReferTo
from switchroom.ari.models.model import Event


class ChannelCallerId(Event):
    """A channel's party has another name or number."""

    caller_presentation: int
    caller_presentation_txt: str
    channel: Channel


class ChannelConnectedLine(Event):
    """A channel is told another party at its other end."""

    channel: Channel


class ChannelCreated(Event):
    """A channel was born."""

    channel: Channel


class ChannelDestroyed(Event):
    """A channel is gone."""

    cause: int
    cause_txt: str
    channel: Channel
    tech_cause: int | UnsetType = UNSET


class ChannelDialplan(Event):
    """A channel executes something."""

    channel: Channel
    dialplan_app: str
    dialplan_app_data: str


class ChannelDtmfReceived(Event):
    """A party pressed a key."""

    digit: str
    duration_ms: int
    channel: Channel


class ChannelEnteredBridge(Event):
    """A channel is in a bridge now."""

    bridge: Bridge
    channel: Channel | UnsetType = UNSET


class ChannelHangupRequest(Event):
    """Somebody wants a channel to end."""

    channel: Channel
    cause: int | UnsetType = UNSET
    tech_cause: int | UnsetType = UNSET
    soft: bool | UnsetType = UNSET


class ChannelHold(Event):
    """A party put the call on hold."""

    channel: Channel
    musicclass: str | UnsetType = UNSET


class ChannelLeftBridge(Event):
    """A channel is in a bridge no more."""

    bridge: Bridge
    channel: Channel


class ChannelStateChange(Event):
    """A channel is in another state."""

    channel: Channel


class ChannelTalkingFinished(Event):
    """A party talks no more."""

    channel: Channel
    duration: int


class ChannelTalkingStarted(Event):
    """A party begins to talk."""

    channel: Channel


class ChannelToneDetected(Event):
    """A tone that was listened for came."""

    channel: Channel


class ChannelTransfer(Event):
    """A party wants the call to go elsewhere."""

    refer_to: ReferTo
    referred_by: ReferredBy
    state: str | UnsetType = UNSET


class ChannelUnhold(Event):
    """A party took the call up again."""

    channel: Channel


class ChannelUserevent(Event):
    """Somebody told something of his own."""

    eventname: str
    userevent: dict[str, Any]
    channel: Channel | UnsetType = UNSET
    bridge: Bridge | UnsetType = UNSET
    endpoint: Endpoint | UnsetType = UNSET


class ChannelVarset(Event):
    """A variable got a value."""

    variable: str
    value: str
    channel: Channel | UnsetType = UNSET


class Dial(Event):
    """A channel is dialled, and what becomes of it."""

    peer: Channel
    dialstatus: str
    caller: Channel | UnsetType = UNSET
    forward: str | UnsetType = UNSET
    forwarded: Channel | UnsetType = UNSET
    dialstring: str | UnsetType = UNSET
